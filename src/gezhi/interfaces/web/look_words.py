"""The reasons for a look at what a reporter left, in words: to choose from, and as the reporter reads them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.cases.domain.looking import LookReason, read_reason
from gezhi.contexts.telling.use_cases.send_due import TO_TELL
from gezhi.interfaces.web.words import english

LOOK_REASON: dict[LookReason, str | Promise] = {
    LookReason.ASK_PLACE: _("To ask where exactly it is"),
    LookReason.AGREE_VISIT: _("To agree on a visit"),
    LookReason.ASK_FACTS: _("To ask what happened"),
    LookReason.TELL_RESULT: _("To tell the result and ask about it"),
    LookReason.ON_PAPER: _("To name the person on a form"),
    LookReason.OWN_REPORT: _("The caller asks for their own report"),
    LookReason.OTHER: pgettext_lazy("reason", "Another reason"),
}
# On a page, where somebody wants to read: neither to print nor to find.
TO_READ: tuple[LookReason, ...] = tuple(
    one for one in LookReason if one not in (LookReason.ON_PAPER, LookReason.OWN_REPORT)
)


def look_words(kept: str) -> str:
    """A reason as it was kept, in the reader's language; words of people stay as they were written."""
    if kept == TO_TELL:
        return gettext("to tell you of a step")
    chosen, words = read_reason(kept)
    if chosen is None or (chosen == LookReason.OTHER and words):
        return words
    said = str(LOOK_REASON[chosen])
    return f"{said}{': ' if english() else '：'}{words}" if words else said


def to_choose(reasons: tuple[LookReason, ...] = TO_READ) -> list[tuple[str, str | Promise]]:
    """Values and words of a list to choose from."""
    return [(one.value, LOOK_REASON[one]) for one in reasons]
