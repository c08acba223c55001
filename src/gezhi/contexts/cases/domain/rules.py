"""What of the workflow a city decides for itself: how often, how long, and who approves. Versioned data with these defaults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from gezhi.contexts.cases.domain.clocks import due
from gezhi.contexts.cases.domain.states import Request
from gezhi.kernel.calendar import WorkCalendar
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.reading import whole_number
from gezhi.kernel.roles import Role
from gezhi.kernel.time_limits import table_limit

_COMMAND = (Role.STREET_DISPATCHER, Role.OPERATIONS)
_MOST = 20
# By what the class of a description is guessed: by what was learnt from confirmed cases as well, or by the table's words alone.
LEARNED, WORDS = "learned", "words"
CLASS_GUESS = (LEARNED, WORDS)


@dataclass(frozen=True, slots=True)
class Rules:
    """``max_returns``: how often a case may be returned to the hub; then the hub decides and its word holds.
    ``longest_extension``: no more time than this is granted beyond a limit. ``…_by``: the roles whose holders decide, as
    the second person, on an extension, on closing by force, on setting a demand aside. ``verify_limit``: in what time a
    report is verified before it is filed. ``answer_limit``: in what time a body that is called in signs for its part.
    ``reopen_within``, ``reopen_times``: how long after closing, and how often, the reporter's 'not solved' opens a case
    again by itself. ``class_guess``: one of ``CLASS_GUESS``. ``guess_most_of_one``: from no more cases of one grid, nor of one
    account that reported or registered them, the guess learns of each class. All practice values, none of them a national rule.
    """

    max_returns: int = 2
    verify_limit: str = "24UH"
    answer_limit: str = "4WH"
    reopen_within: str = "7ND"
    reopen_times: int = 2
    longest_extension: str = "15WD"
    extension_by: tuple[Role, ...] = _COMMAND
    forced_close_by: tuple[Role, ...] = _COMMAND
    setting_aside_by: tuple[Role, ...] = _COMMAND
    class_guess: str = LEARNED
    guess_most_of_one: int = 20

    def open_again_until(self, closed_at: datetime, calendar: WorkCalendar) -> datetime:
        """Until when the reporter's 'not solved' opens a case by itself that was closed then."""
        return due(closed_at, self.reopen_within, calendar)

    def approvers(self, request: str) -> tuple[Role, ...]:
        """Who decides on a request. The two reviews of an appeal are fixed in the transition table."""
        return {
            Request.EXTENSION.value: self.extension_by,
            Request.FORCED_CLOSE.value: self.forced_close_by,
            Request.SETTING_ASIDE.value: self.setting_aside_by,
        }.get(request, _COMMAND)


NAMES: tuple[str, ...] = tuple(one.name for one in fields(Rules))


def rules_of(values: Mapping[str, str]) -> Rules:
    """Rules from texts by name, as a table holds them; what is left out has its default.

    Raises ``InvalidInput`` naming the rule: ``unknown_rule``, ``bad_rule``.
    """
    read: dict[str, object] = {}
    for name, text in values.items():
        default = getattr(Rules(), name, None) if name in NAMES else None
        if default is None:
            raise InvalidInput("unknown_rule", filled("there is no rule '%(name)s'", name=name), field=name)
        read[name] = _value(name, text.strip(), default)
    return Rules(**read)  # type: ignore[arg-type]


def texts_of(rules: Rules) -> dict[str, str]:
    """Rules as a table holds them: ``rules_of`` reads them back."""
    return {name: _text(getattr(rules, name)) for name in NAMES}


def _text(value: int | str | Iterable[Role]) -> str:
    return str(value) if isinstance(value, int | str) else " ".join(role.value for role in value)


def _value(name: str, text: str, default: object) -> object:
    if isinstance(default, int):
        number = whole_number(text, most=_MOST)
        if number is None:
            raise InvalidInput(
                "bad_rule", filled("'%(text)s' is no whole number up to %(most)s", text=text, most=_MOST), field=name
            )
        return number
    if name == "class_guess":
        if text not in CLASS_GUESS:
            raise _none_of(CLASS_GUESS, text, name)
        return text
    if isinstance(default, str):
        try:
            table_limit(text)
        except ValueError as error:
            raise InvalidInput(
                "bad_rule", filled("'%(text)s' is no limit such as 4WH or 5WD", text=text), field=name
            ) from error
        return text
    roles = tuple(role for role in _COMMAND if role.value in text.split())
    if not roles or len(roles) != len(text.split()):
        raise _none_of([role.value for role in _COMMAND], text, name)
    return roles


def _none_of(allowed: Iterable[str], text: str, name: str) -> InvalidInput:
    said = filled("'%(text)s' is none of: %(allowed)s", text=text, allowed=" ".join(allowed))
    return InvalidInput("bad_rule", said, field=name)
