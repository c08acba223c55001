"""What rules said, in the reader's language."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gezhi.contexts.escalation.domain.words import DUE_AS
from gezhi.interfaces.problem import in_words
from gezhi.interfaces.web.words import day_of, english
from gezhi.kernel.filled import Filled


def with_day(words: Filled) -> str:
    """Words that name a deadline, with its day as the reader writes days."""
    due = words.values.get("due")
    if not isinstance(due, str):
        return in_words(words)
    local = datetime.strptime(due, DUE_AS)  # noqa: DTZ007 - local time of the city, as it was written
    told = f"{day_of(local.date(), english=english())} {local:%H:%M}"
    return in_words(replace(words, values={**words.values, "due": told}))
