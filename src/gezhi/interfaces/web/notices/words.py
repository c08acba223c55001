"""What rules said, in the reader's language."""

from __future__ import annotations

from dataclasses import replace

from gezhi.contexts.escalation.domain.words import due_in
from gezhi.interfaces.problem import in_words
from gezhi.interfaces.web.words import day_of, english
from gezhi.kernel.filled import Filled


def with_day(words: Filled) -> str:
    """Words that name a deadline, with its day as the reader writes days."""
    local = due_in(words)
    if local is None:
        return in_words(words)
    told = f"{day_of(local.date(), english=english())} {local:%H:%M}"
    return in_words(replace(words, values={**words.values, "due": told}))
