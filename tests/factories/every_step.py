"""Steps that raise every event that there is, for whoever follows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from gezhi.contexts.cases.domain.states import Channel, Finding, Outcome
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import (
    Command,
    accept_case,
    add_words,
    appeal_timeout,
    ask_extension,
    ask_forced_close,
    ask_setting_aside,
    ask_verification,
    call_in,
    cancel_case,
    check_case,
    close_case,
    correct_case,
    dispatch_case,
    exempt_case,
    extend_case,
    force_close,
    hand_on,
    handle_case,
    merge_case,
    not_solved,
    note_case,
    pause_case,
    rate_case,
    rate_street,
    rate_unit,
    refuse_request,
    remind_case,
    reopen_case,
    resume_case,
    return_case,
    rework_case,
    set_aside,
    settle_case,
    support_appeal,
    unmerge_case,
    verify_case,
    withdraw_case,
)
from gezhi.platform.access.actor import ANONYMOUS
from gezhi.platform.steps.inputs import Pairs
from tests.factories.areas import centre
from tests.factories.cases import MONDAY, report


def every_step(town):
    """Steps that raise every event type once at least; cases move between bodies, people and grids on the way."""
    made, gone, wrong = report(), report(grid=1), report(grid=2)
    other = report(grid=3)
    resident = replace(ANONYMOUS, follow_codes=frozenset({made.follow_code, gone.follow_code}))
    sanitation, housing = town.bodies["sanitation"].pk, town.bodies["housing"].pk
    minutes = iter(range(1, 1_000, 5))

    def by(name, number, note=""):
        actor = resident if name == "resident" else town.actor(name)
        return Command(actor=actor, number=number, now=MONDAY + timedelta(minutes=next(minutes)), note=note)

    number = made.number
    yield lambda: withdraw_case(by("resident", gone.number))
    yield lambda: remind_case(by("operations", number))
    yield lambda: note_case(by("dispatcher", number, "已电话联系"))
    lon, lat = centre(0)
    yield lambda: correct_case(by("operations", wrong.number, "位置有误"), lon=lon, lat=lat)
    yield lambda: dispatch_case(by("dispatcher", wrong.number), organisation_id=town.bodies["committee"].pk)
    far_lon, far_lat = centre(2)
    yield lambda: correct_case(by("operations", wrong.number, "位置还是有误"), lon=far_lon, lat=far_lat)
    yield lambda: correct_case(by("dispatcher", number, "类别有误"), class_code="E0111")
    yield lambda: dispatch_case(by("dispatcher", number), organisation_id=housing)
    yield lambda: return_case(by("other_officer", number, "不属于本单位"))
    yield lambda: dispatch_case(by("dispatcher", number), assignee_id=town.users["worker"].pk)
    yield lambda: dispatch_case(by("dispatcher", number), organisation_id=sanitation)
    yield lambda: accept_case(by("officer", number))
    yield lambda: pause_case(by("dispatcher", number, "等配件"))
    yield lambda: resume_case(by("officer", number))
    yield lambda: handle_case(by("officer", number), outcome=Outcome.RESOLVED)
    yield lambda: rework_case(by("checker", number, "仍有残留"))
    yield lambda: handle_case(by("officer", number), outcome=Outcome.RESOLVED)
    yield lambda: check_case(by("checker", number))
    yield lambda: close_case(by("dispatcher", number))
    yield lambda: rate_case(by("resident", number), solved=False, score=2)
    yield lambda: reopen_case(by("dispatcher", number, "未解决"))
    yield lambda: cancel_case(by("operations", other.number, "重复上报"))
    yield from steps_of_two_people(town, by, report(), report(), report())
    yield from steps_of_many(town, by, report(), report(), report())
    yield from steps_on_the_spot(town, by)
    yield from steps_of_bodies(town, by, report())


def steps_of_many(town, by, main, second, third):
    """Reports that go together, and part."""
    reporter = replace(ANONYMOUS, follow_codes=frozenset({second.follow_code}))
    sanitation = town.bodies["sanitation"].pk
    yield lambda: merge_case(by("dispatcher", second.number), into=main.number)
    yield lambda: unmerge_case(by("dispatcher", second.number, "不是同一处"))
    yield lambda: merge_case(by("dispatcher", second.number), into=main.number)
    yield lambda: add_words(replace(by("resident", second.number, "又多了一堆"), actor=reporter))
    yield lambda: dispatch_case(by("dispatcher", main.number), organisation_id=sanitation)
    yield lambda: accept_case(by("officer", main.number))
    yield lambda: handle_case(by("officer", main.number), outcome=Outcome.RESOLVED)
    yield lambda: check_case(by("checker", main.number))
    yield lambda: close_case(by("dispatcher", main.number))
    yield lambda: reopen_case(by("dispatcher", main.number, "又有了"))
    yield lambda: merge_case(by("dispatcher", third.number), into=main.number)
    yield lambda: cancel_case(by("dispatcher", main.number, "已由市里统一办理"))
    again = report()
    mine = replace(reporter, follow_codes=frozenset({again.follow_code}))
    yield lambda: ask_forced_close(by("operations", closing(again, by, sanitation), "权属不明"))
    yield lambda: force_close(by("dispatcher", again.number, "权属不明"), outcome=Outcome.NOT_POSSIBLE)
    yield lambda: not_solved(replace(by("dispatcher", again.number), actor=mine))


def steps_of_bodies(town, by, made):
    """What the hub calls another body in for."""
    sanitation, housing = town.bodies["sanitation"].pk, town.bodies["housing"].pk
    yield lambda: dispatch_case(by("dispatcher", made.number), organisation_id=sanitation)
    yield lambda: call_in(by("dispatcher", made.number, "请派人拆除围挡"), organisation_id=housing)
    part = Case.objects.get(parent__number=made.number).number
    yield lambda: accept_case(by("other_officer", part))
    yield lambda: handle_case(by("other_officer", part), outcome=Outcome.RESOLVED)
    for _time in (1, 2):
        yield lambda: check_case(by("checker", part))
        yield lambda: close_case(by("dispatcher", part))
        if _time == 1:
            yield lambda: reopen_case(by("dispatcher", part, "没拆完"))
            yield lambda: dispatch_case(by("dispatcher", part), organisation_id=housing)
            yield lambda: accept_case(by("other_officer", part))
            yield lambda: handle_case(by("other_officer", part), outcome=Outcome.RESOLVED)
    yield lambda: accept_case(by("officer", made.number))
    yield lambda: handle_case(by("officer", made.number), outcome=Outcome.RESOLVED)
    yield lambda: check_case(by("checker", made.number))
    yield lambda: close_case(by("dispatcher", made.number))
    mine = replace(ANONYMOUS, follow_codes=frozenset({made.follow_code}))
    scores = Pairs({part: "5"})
    yield lambda: rate_case(replace(by("resident", made.number), actor=mine), solved=True, score=4, bodies=scores)
    yield lambda: rate_unit(by("dispatcher", part), score=5)
    yield lambda: rate_street(by("other_officer", part), score=3)


def closing(made, by, body_id):
    """A case that a body has, by its number."""
    dispatch_case(by("dispatcher", made.number), organisation_id=body_id)
    return made.number


def steps_on_the_spot(town, by):
    """What a worker does alone."""
    made, noticed = report(), report(town.actor("worker"), channel=Channel.PATROL)
    yield lambda: ask_verification(by("dispatcher", made.number))
    yield lambda: verify_case(by("worker", made.number), finding=Finding.EXISTS)
    yield lambda: dispatch_case(by("dispatcher", made.number), assignee_id=town.users["worker"].pk)
    yield lambda: hand_on(by("worker", made.number, "换班"), assignee_id=town.users["colleague"].pk)
    yield lambda: settle_case(by("worker", noticed.number, "已扶正"))


def steps_of_two_people(town, by, late, forced, unreasonable):
    """What one asks for and another decides."""
    sanitation = town.bodies["sanitation"].pk

    def week_later(name, note=""):
        return replace(by(name, late.number, note), now=MONDAY + timedelta(days=30))

    for made in (late, forced):
        yield lambda made=made: dispatch_case(by("dispatcher", made.number), organisation_id=sanitation)
        yield lambda made=made: accept_case(by("officer", made.number))
    yield lambda: ask_extension(by("officer", late.number, "等材料"), limit="1WD")
    yield lambda: extend_case(by("dispatcher", late.number))
    yield lambda: ask_forced_close(by("operations", forced.number, "权属不明"))
    yield lambda: refuse_request(by("dispatcher", forced.number, "再核一次"))
    yield lambda: ask_forced_close(by("operations", forced.number, "权属不明"))
    yield lambda: force_close(by("dispatcher", forced.number, "权属不明，已转区里"), outcome=Outcome.NOT_POSSIBLE)
    yield lambda: ask_setting_aside(by("dispatcher", unreasonable.number, "已起诉"))
    yield lambda: set_aside(by("operations", unreasonable.number, "此事由法院审理，请等判决"))
    yield lambda: handle_case(week_later("officer"), outcome=Outcome.RESOLVED)
    yield lambda: check_case(week_later("checker"))
    yield lambda: close_case(week_later("dispatcher"))
    yield lambda: appeal_timeout(week_later("officer", "材料停产"))
    yield lambda: support_appeal(week_later("dispatcher", "属实"))
    yield lambda: exempt_case(week_later("operations", "属实"))
