"""A power at a street in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from gezhi.contexts.areas.queries import AreaRow, areas_by_id
from gezhi.contexts.powers.domain.states import Lie, PowerStatus, lies
from gezhi.contexts.powers.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.powers.queries import HoldingRow
from gezhi.interfaces.web.resident.powers import TONE, first_day, last_day
from gezhi.interfaces.web.words import POWER_STATUS, in_language, local_name, said
from gezhi.platform.steps.history import HistoryStep


@dataclass(frozen=True, slots=True)
class Step:
    """A button: the action, its words, how it is shown."""

    action: str
    words: Promise
    leads: bool
    danger: bool


@dataclass(frozen=True, slots=True)
class Told:
    """``lie``: whether it lies at the street today (``held``, ``not_yet``, ``ended``, ``never``). ``reason``: the words of whoever
    waits for an answer, empty for all others."""

    row: HoldingRow
    name: str
    street: str
    district: str
    status: str | Promise
    tone: str
    lie: str
    first: str
    last: str
    reason: str
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class Happened:
    """A step of the history in words."""

    at: datetime
    words: str | Promise
    who: str
    role: str
    note: str


HAPPENED: dict[str, Promise] = {action.value: said(row.happened) for action, row in TRANSITIONS.items()}


def buttons_of(actions: tuple[str, ...]) -> list[Step]:
    """The buttons of some actions, in their order."""
    rows = [TRANSITIONS[Action(action)] for action in actions]
    ranked = sorted((row.button.rank, row) for row in rows if row.button)
    return [
        Step(
            row.action.value,
            said(row.does),
            bool(row.button and row.button.leads),
            bool(row.button and row.button.danger),
        )
        for _rank, row in ranked
    ]


def areas_of(rows: list[HoldingRow]) -> dict[int, AreaRow]:
    """The streets and districts of some rows. One query."""
    return areas_by_id({key for row in rows for key in (row["street_id"], row["district_id"]) if key is not None})


def told(
    row: HoldingRow, *, areas: dict[int, AreaRow], now: datetime, reason: str = "", actions: tuple[str, ...] = ()
) -> Told:
    """A row in words, with the buttons of these actions."""
    status = PowerStatus(row["status"])
    lie = lies(status, row["valid_from"], row["valid_to"], at=now)
    ended = lie is Lie.ENDED and status in {PowerStatus.CLAIMED, PowerStatus.EXERCISED}
    return Told(
        row,
        in_language(row["power_name"], row["power_name_en"]),
        local_name(areas.get(row["street_id"] or 0)),
        local_name(areas.get(row["district_id"] or 0)),
        POWER_STATUS[status],
        "warn" if ended else TONE.get(status, "plain"),
        lie.value,
        first_day(row["valid_from"]),
        last_day(row["valid_to"]),
        reason,
        buttons_of(actions),
    )


def happened(step: HistoryStep, role: str) -> Happened:
    """A step of the history in words; what the program does itself it signs with no name."""
    return Happened(
        step.at, HAPPENED[step.action], step.actor_label if step.actor_role != "system" else "", role, step.note
    )
