"""The reasons for a look at what a reporter left, in words: to choose from, and as the reporter reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.cases.domain.looking import LookReason, read_reason
from gezhi.contexts.telling.use_cases.send_due import TO_TELL
from gezhi.interfaces.web.words import ROLE, english, in_language
from gezhi.kernel.personal import masked_family
from gezhi.platform.access.queries import RoleRow, held_when
from gezhi.platform.vault.queries import Look

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


@dataclass(frozen=True, slots=True)
class LookRow:
    """A look as the person concerned reads it: ``who`` is a position and its unit, never the name of whoever has it."""

    look: Look
    who: str


def told_looks(looks: Sequence[Look]) -> list[LookRow]:
    """Looks with who looked, in the reader's language: the positions that the account had then. Two queries."""
    held = held_when((look.actor_id, look.at) for look in looks if look.actor_id is not None)
    return [LookRow(look, _who(look, held.get((look.actor_id or 0, look.at), []))) for look in looks]


def _who(look: Look, roles: Iterable[RoleRow]) -> str:
    if look.by_program:
        return gettext("The system")
    if look.own:
        return gettext("You")
    # Of several areas with one position the first stands for all.
    first = {row.role: row for row in reversed(list(roles))}
    return ("; " if english() else "；").join(map(_position, reversed(first.values()))) or masked_family(
        look.actor_label
    )


def _position(row: RoleRow) -> str:
    unit = in_language(row.body_name, row.body_name_en) or in_language(row.area_name, row.area_name_en)
    return f"{ROLE[row.role]}, {unit}" if english() else f"{unit} · {ROLE[row.role]}"
