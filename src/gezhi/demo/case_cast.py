"""Who acts in the demo's cases, and what each step of a course is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases.domain.states import CaseStatus, Channel, Finding, Outcome
from gezhi.contexts.cases.queries import case_page, case_row
from gezhi.contexts.cases.use_cases import (
    Command,
    Contact,
    Report,
    accept_case,
    appeal_timeout,
    ask_extension,
    ask_forced_close,
    ask_setting_aside,
    ask_verification,
    call_in,
    cancel_case,
    check_case,
    close_case,
    dispatch_case,
    exempt_case,
    extend_case,
    force_close,
    handle_case,
    merge_case,
    rate_case,
    rate_street,
    rate_unit,
    report_case,
    return_case,
    rework_case,
    say_not_solved,
    set_aside,
    settle_case,
    support_appeal,
    verify_case,
)
from gezhi.contexts.organisations import queries as organisations
from gezhi.contexts.organisations.queries import OrganisationRow
from gezhi.demo.case_courses import STEPS, Course
from gezhi.demo.case_plan import CaseScript
from gezhi.demo.joint import CALLED, LIMITS
from gezhi.kernel.datum import Datum, from_wgs84
from gezhi.platform.access.actor import ANONYMOUS, Actor, actor_of, system_actor
from gezhi.platform.accounts.models import User
from gezhi.platform.steps.inputs import Pairs

_ALL_DEMO = system_actor("demo")


@dataclass
class LiveCase:
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
    # The part of a body that was called in, and that body.
    part: str = ""
    called_id: int | None = None
    # Nothing more is done with it by itself.
    over: bool = False


class Cast:
    """Who acts: the demo accounts in their own place, elsewhere the demo under the name of the office concerned."""

    def __init__(self, start: datetime) -> None:
        # The grants of the demo accounts stand from the founding on: one look is enough.
        self.actors = {user.username: actor_of(user, now=start) for user in User.objects.all()}
        self.worker_id = self.actors["worker"].user_id
        self.bodies = {body.id: body for body in organisations.all_organisations()}
        self.office_of = {body.area_id: body for body in self.bodies.values() if body.kind == "street_office"}
        self.at_county = {(body.kind, body.area_id): body.id for body in self.bodies.values()}
        self.names: dict[int, str] = {}

    def report(self, case: LiveCase, at: datetime) -> None:
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

    def take(self, case: LiveCase, at: datetime, by_key: Mapping[int, LiveCase]) -> None:
        """Take the next step of a case. ``by_key``: all cases, by the keys of their scripts."""
        steps = STEPS[case.script.course]
        name = steps[case.taken] if case.taken < len(steps) else "rate"
        if name == "merge":
            self.merge(case, at, by_key.get(case.script.same_as or 0))
        else:
            # Where a step is taken a second time in a course, its name says so.
            getattr(self, name.removesuffix("_again"))(case, at)
        case.taken += 1

    def dispatch(self, case: LiveCase, at: datetime) -> None:
        suggested = self.bodies.get(case.suggested_id or 0)
        near = suggested is None or suggested.kind in {"street_office", "community_committee"}
        case.given_to_worker = case.script.own_grid and near
        self._dispatch(case, at, suggested or self.office_of.get(case.street_id))

    def _dispatch(self, case: LiveCase, at: datetime, body: OrganisationRow | None) -> None:
        case.organisation_id = None if body is None else body.id
        dispatch_case(
            self._command(case, self._hub(case), at),
            organisation_id=case.organisation_id,
            assignee_id=self.worker_id if case.given_to_worker else None,
        )

    def give_back(self, case: LiveCase, at: datetime) -> None:
        return_case(self._command(case, self._handler(case), at, note="不属于我单位职责，请改派"))

    def dispatch_to_street(self, case: LiveCase, at: datetime) -> None:
        case.given_to_worker = False
        self._dispatch(case, at, self.office_of[case.street_id])

    def accept(self, case: LiveCase, at: datetime) -> None:
        accept_case(self._command(case, self._handler(case), at))

    def handle(self, case: LiveCase, at: datetime) -> None:
        handle_case(self._command(case, self._handler(case), at, note="已到现场处理完毕"), outcome=Outcome.RESOLVED)

    def rework(self, case: LiveCase, at: datetime) -> None:
        rework_case(self._command(case, self._checker(case), at, note="现场仍有残留，请再处理"))

    def check(self, case: LiveCase, at: datetime) -> None:
        check_case(self._command(case, self._checker(case), at))

    def close(self, case: LiveCase, at: datetime) -> None:
        close_case(self._command(case, self._hub(case), at))

    def cancel(self, case: LiveCase, at: datetime) -> None:
        cancel_case(self._command(case, self._hub(case), at, note="与先前上报的同一问题重复"))

    def ask_verification(self, case: LiveCase, at: datetime) -> None:
        ask_verification(self._command(case, self._hub(case), at))

    def verify(self, case: LiveCase, at: datetime) -> None:
        # Whoever took it in does not verify it.
        own = case.script.own_grid and case.script.channel != Channel.PATROL
        near = self.actors["worker"] if own else system_actor("demo: 网格员")
        verify_case(self._command(case, near, at, note="现场属实"), finding=Finding.EXISTS)

    def merge(self, case: LiveCase, at: datetime, main: LiveCase | None) -> None:
        """Let it go with the report before it, where that is still worked on; else it is settled by itself."""
        if main is None or not main.number or not CaseStatus(case_row(_ALL_DEMO, main.number)["status"]).is_open:
            return
        hub = self._hub(case) if case.script.own_street == main.script.own_street else _ALL_DEMO
        merge_case(self._command(case, hub, at), into=main.number)
        case.over = True

    def settle(self, case: LiveCase, at: datetime) -> None:
        noticed = self.actors["worker"] if case.script.own_grid else system_actor("demo: 网格员巡查")
        settle_case(self._command(case, noticed, at, note="已当场劝导整改"))

    def unsolved(self, case: LiveCase, at: datetime) -> None:
        say_not_solved(self._command(case, self._reporter(case), at, note="还是老样子，没有解决"), score=2)

    def ask_extension(self, case: LiveCase, at: datetime) -> None:
        ask_extension(self._command(case, self._handler(case), at, note="所需配件次日到货"), limit="2WD")

    def extend(self, case: LiveCase, at: datetime) -> None:
        extend_case(self._command(case, self._hub(case), at))

    def appeal(self, case: LiveCase, at: datetime) -> None:
        appeal_timeout(
            self._command(case, system_actor("demo: 责任单位"), at, note="当晚暴雨红色预警，人员全部转入应急")
        )

    def support_appeal(self, case: LiveCase, at: datetime) -> None:
        support_appeal(self._command(case, self._hub(case), at, note="情况属实"))

    def exempt(self, case: LiveCase, at: datetime) -> None:
        exempt_case(self._command(case, self.actors["operations"], at, note="同意，超时留痕"))

    def ask_forced_close(self, case: LiveCase, at: datetime) -> None:
        ask_forced_close(self._command(case, self._hub(case), at, note="权属有争议，已列入区级协调事项"))

    def force_close(self, case: LiveCase, at: datetime) -> None:
        decides = self._command(case, self.actors["operations"], at, note="权属有争议，已转区级协调，结果另行答复")
        force_close(decides, outcome=Outcome.NOT_POSSIBLE)

    def ask_setting_aside(self, case: LiveCase, at: datetime) -> None:
        ask_setting_aside(self._command(case, self._hub(case), at, note="已有生效判决，属重复诉求"))

    def set_aside(self, case: LiveCase, at: datetime) -> None:
        set_aside(self._command(case, self.actors["operations"], at, note="此事已有生效判决，平台不能改判；可依法申诉"))

    def call(self, case: LiveCase, at: datetime) -> None:
        plan = CALLED[case.script.class_code]
        case.called_id = self.at_county[plan.kind, case.district_id]
        command = self._command(case, self._hub(case), at, note=plan.asks)
        call_in(command, organisation_id=case.called_id, limit=LIMITS[case.script.course])
        [part] = case_page(_ALL_DEMO, case.number).details.parts
        case.part = part.number

    def accept_part(self, case: LiveCase, at: datetime) -> None:
        accept_case(self._of_part(case, self._called(case), at))

    def handle_part(self, case: LiveCase, at: datetime) -> None:
        handle_case(self._of_part(case, self._called(case), at, note="已到现场协助处理完毕"), outcome=Outcome.RESOLVED)

    def check_part(self, case: LiveCase, at: datetime) -> None:
        check_case(self._of_part(case, self._checker(case), at))

    def close_part(self, case: LiveCase, at: datetime) -> None:
        close_case(self._of_part(case, self._hub(case), at))

    def rate_unit(self, case: LiveCase, at: datetime) -> None:
        rate_unit(self._of_part(case, self._hub(case), at), score=5 if case.script.course is Course.JOINT else 3)

    def rate_street(self, case: LiveCase, at: datetime) -> None:
        rate_street(self._of_part(case, self._called(case), at), score=4 if case.script.course is Course.JOINT else 3)

    def rate(self, case: LiveCase, at: datetime) -> None:
        rating = case.script.rating
        if rating is None:
            return
        solved, score = rating
        bodies = Pairs({case.part: str(score)} if case.part else {})
        rate_case(self._command(case, self._reporter(case), at), solved=solved, score=score, bodies=bodies)

    def _reporter(self, case: LiveCase) -> Actor:
        return Actor(user_id=None, label="resident", follow_codes=frozenset({case.follow_code}))

    def _command(self, case: LiveCase, actor: Actor, at: datetime, note: str = "") -> Command:
        return Command(actor=actor, number=case.number, now=at, note=note)

    def _of_part(self, case: LiveCase, actor: Actor, at: datetime, note: str = "") -> Command:
        return replace(self._command(case, actor, at, note), number=case.part)

    def _name(self, area_id: int) -> str:
        if area_id not in self.names:
            row = areas.area(area_id)
            self.names[area_id] = "" if row is None else row.name
        return self.names[area_id]

    def _hub(self, case: LiveCase) -> Actor:
        if case.script.own_street:
            return self.actors["dispatcher"]
        return system_actor(f"demo: {self._name(case.street_id)}网格中心")

    def _handler(self, case: LiveCase) -> Actor:
        if case.given_to_worker:
            return self.actors["worker"]
        return self._of_body(case.organisation_id)

    def _called(self, case: LiveCase) -> Actor:
        return self._of_body(case.called_id)

    def _of_body(self, organisation_id: int | None) -> Actor:
        officer = self.actors["officer"]
        if any(grant.organisation_id == organisation_id for grant in officer.grants):
            return officer
        body = self.bodies.get(organisation_id or 0)
        return system_actor(f"demo: {body.name if body else ''}")

    def _checker(self, case: LiveCase) -> Actor:
        if case.script.own_street:
            return self.actors["checker"]
        return system_actor(f"demo: {self._name(case.district_id)}核查员")
