"""Play planned cases through the real use cases, on a clock that stands where each step was taken."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases.domain.states import Channel, Outcome
from gezhi.contexts.cases.queries import case_row
from gezhi.contexts.cases.use_cases import (
    Command,
    Contact,
    Report,
    accept_case,
    cancel_case,
    check_case,
    close_case,
    dispatch_case,
    handle_case,
    rate_case,
    report_case,
    return_case,
    rework_case,
)
from gezhi.contexts.organisations import queries as organisations
from gezhi.contexts.organisations.queries import OrganisationRow
from gezhi.demo.case_plan import CaseScript, Course
from gezhi.kernel import clock
from gezhi.kernel.datum import Datum, from_wgs84
from gezhi.platform.access.actor import ANONYMOUS, Actor, actor_of, system_actor
from gezhi.platform.accounts.models import User

_ALL_DEMO = system_actor("demo")

# The steps after the report, in order; each name is a method of _Cast.
_STEPS: dict[Course, tuple[str, ...]] = {
    Course.ORDINARY: ("dispatch", "accept", "handle", "check", "close"),
    Course.SLOW: ("dispatch", "accept", "handle", "check", "close"),
    Course.RETURNED: ("dispatch", "give_back", "dispatch_to_street", "accept", "handle", "check", "close"),
    Course.REWORKED: ("dispatch", "accept", "handle", "rework", "handle", "check", "close"),
    Course.CANCELLED: ("cancel",),
}


@dataclass
class _Live:
    """A case under way."""

    script: CaseScript
    number: str = ""
    follow_code: str = ""
    taken: int = 0
    street_id: int = 0
    district_id: int = 0
    suggested_id: int | None = None
    organisation_id: int | None = None
    given_to_worker: bool = False


def play_cases(scripts: Sequence[CaseScript], *, now: datetime, tick: Callable[[], None]) -> int:
    """Play every step that falls before ``now``, in the order of time; returns how many cases were reported."""
    if not scripts:
        return 0
    cast = _Cast(scripts[0].reported_at)
    simulated = clock.SimulatedClock(scripts[0].reported_at)
    queue = [(script.reported_at, number) for number, script in enumerate(scripts)]
    heapq.heapify(queue)
    live = [_Live(script) for script in scripts]
    reported = 0
    while queue:
        at, position = heapq.heappop(queue)
        if at > now:
            break
        simulated.move_to(at)
        case = live[position]
        with clock.using(simulated):
            if not case.number:
                cast.report(case, at)
                reported += 1
                tick()
            else:
                cast.take(case, at)
        upcoming = next(_due(case, at), None)
        if upcoming is not None:
            heapq.heappush(queue, (upcoming, position))
    return reported


def _due(case: _Live, at: datetime) -> Iterator[datetime]:
    """When the next step falls due; nothing when the case is done."""
    script = case.script
    steps = _STEPS[script.course]
    limit = len(steps) if script.steps is None else script.steps
    if case.taken < min(limit, len(steps)):
        yield at + timedelta(minutes=script.minutes[case.taken])
    elif script.steps is None and script.rating and steps[-1] == "close" and case.taken == len(steps):
        yield at + timedelta(minutes=script.minutes[-1])


class _Cast:
    """Who acts: the demo accounts in their own place, elsewhere the demo under the name of the office concerned."""

    def __init__(self, start: datetime) -> None:
        # The grants of the demo accounts stand from the founding on: one look is enough.
        self.actors = {user.username: actor_of(user, now=start) for user in User.objects.all()}
        self.worker_id = self.actors["worker"].user_id
        self.bodies = {body.id: body for body in organisations.all_organisations()}
        self.office_of = {body.area_id: body for body in self.bodies.values() if body.kind == "street_office"}
        self.names: dict[int, str] = {}

    def report(self, case: _Live, at: datetime) -> None:
        script = case.script
        lon, lat = from_wgs84(script.lon, script.lat, Datum(script.datum))
        contact = Contact(*script.contact) if script.contact else Contact()
        actor: Actor = ANONYMOUS
        if script.channel == Channel.PATROL:
            actor = self.actors["worker"] if script.own_grid else system_actor("demo: 网格员巡查")
        elif script.channel == Channel.HOTLINE:
            actor = system_actor("demo: 12345热线")
        answer = report_case(
            actor=actor,
            report=Report(
                class_code=script.class_code,
                description=script.description,
                lon=lon,
                lat=lat,
                datum=Datum(script.datum),
                address=script.address,
                channel=Channel(script.channel),
                contact=contact,
            ),
            now=at,
        )
        case.number, case.follow_code = answer.number, answer.follow_code
        row = case_row(_ALL_DEMO, case.number)
        case.street_id, case.district_id = row["street_id"] or 0, row["district_id"] or 0
        case.suggested_id = row["suggested_organisation_id"]

    def take(self, case: _Live, at: datetime) -> None:
        steps = _STEPS[case.script.course]
        name = steps[case.taken] if case.taken < len(steps) else "rate"
        getattr(self, name)(case, at)
        case.taken += 1

    def dispatch(self, case: _Live, at: datetime) -> None:
        suggested = self.bodies.get(case.suggested_id or 0)
        near = suggested is None or suggested.kind in {"street_office", "community_committee"}
        case.given_to_worker = case.script.own_grid and near
        self._dispatch(case, at, suggested or self.office_of.get(case.street_id))

    def _dispatch(self, case: _Live, at: datetime, body: OrganisationRow | None) -> None:
        case.organisation_id = None if body is None else body.id
        dispatch_case(
            self._command(case, self._hub(case), at),
            organisation_id=case.organisation_id,
            assignee_id=self.worker_id if case.given_to_worker else None,
        )

    def give_back(self, case: _Live, at: datetime) -> None:
        return_case(self._command(case, self._handler(case), at, note="不属于我单位职责，请改派"))

    def dispatch_to_street(self, case: _Live, at: datetime) -> None:
        case.given_to_worker = False
        self._dispatch(case, at, self.office_of[case.street_id])

    def accept(self, case: _Live, at: datetime) -> None:
        accept_case(self._command(case, self._handler(case), at))

    def handle(self, case: _Live, at: datetime) -> None:
        handle_case(self._command(case, self._handler(case), at, note="已到现场处理完毕"), outcome=Outcome.RESOLVED)

    def rework(self, case: _Live, at: datetime) -> None:
        rework_case(self._command(case, self._checker(case), at, note="现场仍有残留，请再处理"))

    def check(self, case: _Live, at: datetime) -> None:
        check_case(self._command(case, self._checker(case), at))

    def close(self, case: _Live, at: datetime) -> None:
        close_case(self._command(case, self._hub(case), at))

    def cancel(self, case: _Live, at: datetime) -> None:
        cancel_case(self._command(case, self._hub(case), at, note="与先前上报的同一问题重复"))

    def rate(self, case: _Live, at: datetime) -> None:
        rating = case.script.rating
        if rating is None:
            return
        solved, score = rating
        reporter = Actor(user_id=None, label="resident", follow_codes=frozenset({case.follow_code}))
        rate_case(self._command(case, reporter, at), solved=solved, score=score)

    def _command(self, case: _Live, actor: Actor, at: datetime, note: str = "") -> Command:
        return Command(actor=actor, number=case.number, now=at, note=note)

    def _name(self, area_id: int) -> str:
        if area_id not in self.names:
            row = areas.area(area_id)
            self.names[area_id] = "" if row is None else row.name
        return self.names[area_id]

    def _hub(self, case: _Live) -> Actor:
        if case.script.own_street:
            return self.actors["dispatcher"]
        return system_actor(f"demo: {self._name(case.street_id)}网格中心")

    def _handler(self, case: _Live) -> Actor:
        if case.given_to_worker:
            return self.actors["worker"]
        officer = self.actors["officer"]
        if any(grant.organisation_id == case.organisation_id for grant in officer.grants):
            return officer
        body = self.bodies.get(case.organisation_id or 0)
        return system_actor(f"demo: {body.name if body else ''}")

    def _checker(self, case: _Live) -> Actor:
        if case.script.own_street:
            return self.actors["checker"]
        return system_actor(f"demo: {self._name(case.district_id)}核查员")
