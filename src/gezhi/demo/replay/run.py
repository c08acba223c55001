"""Replay imported cases through the use cases, in the order of the simulated clock.

Of an imported case only two moments are known: when it was reported and when it was closed. The steps between are
spread over that span: dispatched after a tenth of it, accepted after two, handled after nine, checked just before the
end. A case that was never closed is dispatched, accepted and left in hand. All steps of all cases go through one queue
ordered by time, so that the record is written in the order in which it would have been.
"""

from __future__ import annotations

import heapq
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases.domain.states import Channel, Outcome
from gezhi.contexts.cases.queries.imported import ImportedRow
from gezhi.contexts.cases.use_cases import (
    Command,
    Report,
    accept_case,
    check_case,
    close_case,
    dispatch_case,
    handle_case,
    report_case,
)
from gezhi.contexts.organisations import queries as organisations
from gezhi.contexts.organisations.use_cases.register_organisation import register_organisation
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import ANONYMOUS, Actor, actor_of
from gezhi.platform.access.use_cases.grant_role import grant_role
from gezhi.platform.accounts.models import User
from gezhi.platform.accounts.use_cases.create_account import create_account
from gezhi.platform.audit import verify as audit
from gezhi.platform.steps.consistency import all_that_differ

# Shares of the time between report and close at which the steps in between are taken.
STAGES: tuple[tuple[str, float], ...] = (
    ("dispatch", 0.1),
    ("accept", 0.2),
    ("handle", 0.9),
    ("check", 0.95),
    ("close", 1.0),
)
# A case that was never closed: how long after the report it is dispatched and accepted.
_OPEN_STAGES = (("dispatch", timedelta(hours=2)), ("accept", timedelta(hours=4)))
_FALLBACK = "replay:unassigned"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts: one account per capacity, the officer with a grant for every body."""

    dispatcher: Actor
    officer: Actor
    checker: Actor
    fallback_id: int


@dataclass(slots=True)
class Outcomes:
    """What a replay did, and what the verification after it says."""

    cases: int = 0
    actions: dict[str, int] = field(default_factory=dict)
    closed: int = 0
    seconds: float = 0.0
    history_rows: int = 0
    rows_that_differ: list[str] = field(default_factory=list)
    audit_findings: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether every row is the fold of its history and the record is whole."""
        return not self.rows_that_differ and not self.audit_findings


def make_cast(*, actor: Actor, now: datetime) -> Cast:
    """Open the accounts that act in the replay and grant them their roles, valid from ``now``.

    Raises ``InvalidInput`` in a city without areas, ``Conflict`` if a replay has been here before.
    """
    city = areas.root()
    if city is None:
        raise InvalidInput("no_areas", "this city has no areas yet; import them first")
    fallback = organisations.organisation_by_code(_FALLBACK) or register_organisation(
        actor=actor, code=_FALLBACK, name="未指定责任单位", name_en="Unassigned", kind="other", area_id=city.id, now=now
    )

    def account(name: str, role: Role, bodies: Iterable[int | None] = (None,)) -> Actor:
        user: User = create_account(
            actor=actor,
            username=f"replay-{name}",
            display_name=f"replay {name}",
            password=secrets.token_hex(16),
            now=now,
        )
        for body in bodies:
            grant_role(actor=actor, user_id=user.pk, role=role, area_id=city.id, organisation_id=body, now=now)
        return actor_of(user, now=now)

    every_body = [body.id for body in organisations.all_organisations()]
    return Cast(
        dispatcher=account("dispatcher", Role.OPERATIONS),
        officer=account("officer", Role.DEPARTMENT_OFFICER, every_body),
        checker=account("checker", Role.CHECKER),
        fallback_id=fallback.id,
    )


def replay(rows: Iterator[ImportedRow], *, cast: Cast, advance: Callable[[int], None]) -> Outcomes:
    """Live the cases through. ``rows`` must be ordered by ``reported_at``; ``advance`` is told of each case reported.

    A use case that refuses a step raises: everything that is replayed is a case that the rules allow.
    """
    outcomes = Outcomes()
    begun = time.perf_counter()
    queue: list[tuple[datetime, int, str, str, ImportedRow]] = []
    serial = 0
    for row in rows:
        while queue and queue[0][0] <= row.reported_at:
            _step(heapq.heappop(queue), cast, outcomes)
        number = _report(row, outcomes)
        for stage, at in _stages(row):
            serial += 1
            heapq.heappush(queue, (at, serial, stage, number, row))
        advance(1)
    while queue:
        _step(heapq.heappop(queue), cast, outcomes)
    outcomes.seconds = time.perf_counter() - begun
    return outcomes


def _stages(row: ImportedRow) -> list[tuple[str, datetime]]:
    if row.closed_at is None:
        return [(stage, row.reported_at + after) for stage, after in _OPEN_STAGES]
    span = row.closed_at - row.reported_at
    return [(stage, row.reported_at + span * share) for stage, share in STAGES]


def _report(row: ImportedRow, outcomes: Outcomes) -> str:
    report = Report(
        class_code=row.class_code,
        description=row.description,
        address=row.address,
        lon=row.lon if row.trusted else None,
        lat=row.lat if row.trusted else None,
        area_id=None if row.trusted else row.city_id,
        channel=Channel.REPLAY,
    )
    made = report_case(actor=ANONYMOUS, report=report, now=row.reported_at)
    outcomes.cases += 1
    outcomes.actions["report"] = outcomes.actions.get("report", 0) + 1
    return made.number


def _step(item: tuple[datetime, int, str, str, ImportedRow], cast: Cast, outcomes: Outcomes) -> None:
    at, _, stage, number, row = item

    def command(actor: Actor, note: str = "") -> Command:
        return Command(actor=actor, number=number, now=at, note=note)

    if stage == "dispatch":
        dispatch_case(command(cast.dispatcher), organisation_id=row.organisation_id or cast.fallback_id)
    elif stage == "accept":
        accept_case(command(cast.officer))
    elif stage == "handle":
        handle_case(command(cast.officer, row.closing_note), outcome=Outcome.RESOLVED)
    elif stage == "check":
        check_case(command(cast.checker))
    else:
        close_case(command(cast.dispatcher))
        outcomes.closed += 1
    outcomes.actions[stage] = outcomes.actions.get(stage, 0) + 1


def verify(outcomes: Outcomes) -> None:
    """Compare each case with the fold of its history, and walk the chains; the answers go into ``outcomes``."""
    outcomes.history_rows = audit.count_rows()
    outcomes.rows_that_differ = [f"{one.number}: {', '.join(one.at_fault)}" for one in all_that_differ()]
    outcomes.audit_findings = [f"{item.table} row {item.row_id}: {item.problem}" for item in audit.verify()]
