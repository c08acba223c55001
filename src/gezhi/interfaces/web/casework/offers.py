"""What a person may do with a case, as the buttons of its page."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.cases.queries import CasePage
from gezhi.interfaces.web.words import said
from gezhi.kernel.steps import Button, Step

# Forms that ask for people, bodies and tables: on the hub's page each comes by itself, after the case.
_LATER = frozenset({"dispatch", "verifier", "call", "correct", "whose"})


@dataclass(frozen=True, slots=True)
class Offer:
    """An action as a button: its words, its key, and whether a form opens first.

    ``reason``: the words of its form say why; else they are a note. ``needed``: they may not be left out. ``told``: the
    reporter can read them. ``rare``: it stands behind "More". ``undo``: for how
    many seconds it can be taken back.
    """

    action: str
    words: str | Promise
    key: str
    primary: bool
    form: str
    undo: int
    danger: bool
    reason: bool
    needed: bool
    told: bool
    rare: bool

    @property
    def later(self) -> bool:
        """Whether its form may come after the page."""
        return self.form in _LATER

    @property
    def fields(self) -> str:
        """The template of what its form asks for beside words; empty where that is nothing."""
        return "" if self.form in {"", "words"} else f"web/casework/{self.form}_fields.html"


def offers_of(page: CasePage) -> list[Offer]:
    """The buttons of the page. What the hand does most comes first; what ends a case without settling it comes last."""
    rows = [(action, TRANSITIONS[action]) for action in page.actions]
    shown = sorted(((a, row, row.button) for a, row in rows if row.button), key=lambda one: one[2].rank)
    again = page.case["status"] in {"dispatched", "handling"}
    asked = {Action.CHECK: "picture"} if page.details.lacks_picture else {}
    first = next((a for a, _row, button in shown if button.leads and not (again and a == Action.DISPATCH)), None)
    return [
        _offer(
            action,
            row,
            button,
            words=_("Reassign") if again and action == Action.DISPATCH else None,
            first=first,
            form=asked.get(action, ""),
        )
        for action, row, button in shown
    ]


def after_accepting() -> list[Offer]:
    """What whoever may accept a case can do next. A page that is read without a network offers it once accepting waits to be
    sent."""
    row = TRANSITIONS[Action.HANDLE]
    return [] if row.button is None else [_offer(Action.HANDLE, row, row.button, first=Action.HANDLE)]


def _offer(
    action: Action,
    row: Step,
    button: Button,
    *,
    words: str | Promise | None = None,
    first: Action | None = None,
    form: str = "",
) -> Offer:
    """``form``: what the case itself has it ask, where the table asks nothing."""
    return Offer(
        action=action.value,
        words=said(row.does) if words is None else words,
        key=button.key,
        primary=action == first,
        form=button.form or form or ("words" if row.needs_reason or row.needs_words else ""),
        undo=button.undo,
        danger=button.danger,
        reason=row.needs_reason,
        needed=row.needs_reason or row.needs_words,
        told=row.note_told,
        rare=button.rare,
    )
