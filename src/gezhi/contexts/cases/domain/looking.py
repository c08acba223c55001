"""Why somebody looks at what a reporter left: one of a short list of reasons, or words of their own, or both.

What is kept is a key (``ask_place``), or the key and the words (``other: the key is with the caretaker``): the person concerned
reads the reason in their own language, whatever language it was chosen in.
"""

from __future__ import annotations

from enum import StrEnum

from gezhi.kernel.errors import InvalidInput

MOST_WORDS = 150
_BETWEEN = ": "


class LookReason(StrEnum):
    """What handling a case asks of its reporter."""

    ASK_PLACE = "ask_place"
    AGREE_VISIT = "agree_visit"
    ASK_FACTS = "ask_facts"
    TELL_RESULT = "tell_result"
    ON_PAPER = "on_paper"
    """A form that leaves the office names the person."""
    OWN_REPORT = "own_report"
    """The caller asks for a report of their own, which was found by their number."""
    OTHER = "other"


def reason_to_look(chosen: str, words: str) -> str:
    """A reason as it is kept. Raises ``InvalidInput`` (``reason_missing``, ``reason_unknown``, ``reason_too_long``); 'other' alone
    is no reason."""
    words = " ".join(words.split())
    if len(words) > MOST_WORDS:
        raise InvalidInput("reason_too_long", f"a reason has at most {MOST_WORDS} characters", field="words")
    if chosen and chosen not in {one.value for one in LookReason}:
        raise InvalidInput("reason_unknown", f"there is no reason '{chosen[:20]}'", field="why")
    if chosen in {"", LookReason.OTHER} and not words:
        raise InvalidInput("reason_missing", "say why you need to see it; the look is logged", field="words")
    return _BETWEEN.join(part for part in (chosen or LookReason.OTHER.value, words) if part)


def read_reason(kept: str) -> tuple[LookReason | None, str]:
    """The reason that was chosen (None: only words are known) and the words beside it."""
    chosen, _, words = kept.partition(_BETWEEN)
    try:
        return LookReason(chosen), words
    except ValueError:
        return None, kept
