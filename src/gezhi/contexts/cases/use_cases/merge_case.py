"""What goes along with a step on another case: reports of one matter (``domain.together``), parts and their whole."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gezhi.contexts.cases.domain.clocks import pauses_in
from gezhi.contexts.cases.domain.states import CaseStatus, Closing
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.terms import terms_of
from gezhi.contexts.cases.use_cases.dispatch_case import Dispatch, given_to
from gezhi.kernel.errors import Conflict, InvalidInput, NotFound
from gezhi.kernel.fold import plain
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.policy import known_to
from gezhi.platform.steps.verb import Also, Changes, Moment, along, needs, step, within
from gezhi.platform.worktime.city_calendar import city_calendar


@dataclass(frozen=True, slots=True)
class Into:
    """The number of the report of the same matter that is worked on."""

    into: str = field(
        metadata=needs("merge_into_missing", "say with which report it goes: its number")
        | within(max_length=24, description="the number of the report of the same matter that is worked on")
    )


def _locked(pk: int) -> Case:
    """The case with which another goes, locked at once or not at all: whoever closes it waits for the others in turn."""
    return Case.objects.select_for_update(nowait=True).get(pk=pk)


def _main(actor: Actor, case: Case, number: str) -> Case:
    if not number:
        raise InvalidInput("merge_into_missing", "say with which report it goes: its number", field="into")
    found = Case.objects.filter(number=number).first()
    try:
        main = known_to(CASE, actor, found, number)
    except NotFound as error:
        # The case at hand is there; what is wrong is a field.
        raise InvalidInput("no_main_report", f"there is no case {number}", field="into") from error
    if main.pk == case.pk:
        raise InvalidInput("merge_into_itself", "a report does not go with itself", field="into")
    main = _locked(main.pk)
    if main.status == CaseStatus.MERGED:
        raise Conflict("main_is_merged", f"{number} goes with another report itself: merge with that one", field="into")
    if not CaseStatus(main.status).is_open:
        raise Conflict("main_has_ended", f"{number} is over: nobody works on it any more", field="into")
    if main.parent_id is not None:
        raise Conflict("main_is_a_part", f"{number} is a part of another case: merge with the whole", field="into")
    return main


@step(CASE, Action.MERGE)
def merge_case(case: Case, at: Moment, given: Into) -> Changes:
    """Let a report go together with another of the same matter. Its reporter keeps the own code, is told what happens with the
    other, and rates it.

    Raises ``InvalidInput`` (``no_main_report``: none, or none that the actor may know of; ``merge_into_itself``), ``Conflict``
    (``main_is_merged``, ``main_has_ended``, ``main_is_a_part``).
    """
    return {
        "merged_into_id": _main(at.actor, case, given.into.strip()).pk,
        "organisation_id": None,
        "assignee_id": None,
        "accepted_at": None,
        "needs_attention": False,
    }


@along(CASE, Action.MERGE)
def join_main(case: Case, at: Moment, changes: Changes) -> list[Also]:
    """The other tells in its history who joined it."""
    main = _locked(changes["merged_into_id"])
    return [Also(main, Action.JOINED, {"joined_count": main.joined_count + 1}, note=case.number)]


@step(CASE, Action.UNMERGE)
def unmerge_case(case: Case, at: Moment) -> Changes:
    """Let a report stand by itself again. The time for which it went along counts on none of its clocks. Whoever had it before gets
    it back and signs for it anew; where nobody had it, or could not be given it any more, it waits for dispatch with clocks that
    begin now."""
    at.beside["back"] = back = _given_back(case, at)
    return _by_itself(case, at, handling_goes_on=back is not None)


def _by_itself(case: Case, at: Moment, *, handling_goes_on: bool = False) -> Changes:
    calendar = city_calendar()
    terms = replace(terms_of(case), dispatch_start=at.now)
    changes: Changes = {"merged_into_id": None, "dispatch_start": at.now}
    if not handling_goes_on:
        terms = replace(terms, handling_start=None)
        # Without an earlier dispatch nobody takes it for one whose clock of handling runs.
        changes |= {"handling_start": None, "dispatched_at": None}
    joined = _last_merger(case)
    pauses = case.pauses if joined is None else [*case.pauses, [plain(joined.at), plain(at.now)]]
    return changes | {
        "pauses": pauses,
        "dispatch_due": terms.dispatch_due(calendar),
        "handle_due": terms.handle_due(calendar, pauses_in(pauses)),
        "total_due": terms.total_due(calendar, pauses_in(pauses)),
    }


def _last_merger(case: Case) -> CaseStep | None:
    """The step by which it began to go along."""
    return CaseStep.objects.filter(case=case, action=Action.MERGE.value).order_by("-version").first()


def _given_back(case: Case, at: Moment) -> Changes | None:
    """What giving it back to whoever had it before it went along changes; None where that was nobody, or cannot be."""
    merger = _last_merger(case)
    if merger is None or merger.from_status not in {CaseStatus.DISPATCHED, CaseStatus.HANDLING}:
        return None
    before = CaseStep.objects.filter(case=case, version__lt=merger.version).order_by("version")
    had: dict[str, int | None] = {}
    for changes in before.values_list("changes", flat=True):
        had |= {name: changes[name] for name in ("organisation_id", "assignee_id") if name in changes}
    body = had.get("organisation_id")
    for given in (Dispatch(body, had.get("assignee_id")), Dispatch(body)):
        try:
            return given_to(case, given, at)
        except InvalidInput:
            # Whoever had it is there no more: next the body alone, and then the hub.
            continue
    return None


def _left(case: Case) -> list[Also]:
    if case.merged_into_id is None:
        return []
    main = _locked(case.merged_into_id)
    return [Also(main, Action.PARTED, {"joined_count": main.joined_count - 1}, note=case.number)]


@along(CASE, Action.UNMERGE)
def leave_main(case: Case, at: Moment, changes: Changes) -> list[Also]:
    """The other tells in its history who left it, nothing where it went with none; and whoever had this one before has it again."""
    back: Changes | None = at.beside["back"]
    return [*_left(case), *([] if back is None else [Also(case, Action.DISPATCH, back)])]


def _joined(case: Case, status: CaseStatus) -> list[Case]:
    if not case.joined_count:
        return []
    found = Case.objects.filter(merged_into=case, status=status.value)
    return list(found.order_by("pk").select_for_update())


def _part_ended(case: Case) -> list[Also]:
    """The case of which it is a part has one fewer open."""
    if case.parent_id is None:
        return []
    whole = _locked(case.parent_id)
    return [Also(whole, Action.PART_ENDED, {"open_parts": whole.open_parts - 1}, note=case.number)]


def _part_reopened(case: Case) -> list[Also]:
    """The case of which it is a part has one more open. Raises ``Conflict`` where that is over."""
    if case.parent_id is None:
        return []
    whole = _locked(case.parent_id)
    if not CaseStatus(whole.status).is_open:
        raise Conflict("whole_is_over", "the case of which this is a part is over: reopen that first")
    return [Also(whole, Action.PART_REOPENED, {"open_parts": whole.open_parts + 1}, note=case.number)]


@along(CASE, Action.CLOSE, Action.FORCE_CLOSE)
def close_joined(case: Case, at: Moment, changes: Changes) -> list[Also]:
    """Close the reports that go with it: each reporter is told the outcome, and rates it."""
    after = {name: changes.get(name, getattr(case, name)) for name in ("outcome", "outcome_note")}
    closed = {"closed_at": at.now, "closing": Closing.WITH_MAIN.value, **after}
    along_with = [
        Also(one, Action.CLOSED_ALONG, closed, after["outcome_note"]) for one in _joined(case, CaseStatus.MERGED)
    ]
    return [*along_with, *_part_ended(case)]


@along(CASE, Action.CANCEL, Action.SET_ASIDE)
def free_from_what_ends_unsettled(case: Case, at: Moment, changes: Changes) -> list[Also]:
    """Let the reports that go with it stand by themselves, with the reason in their history: what was decided of one report was
    decided of no other reporter's."""
    return [*_freed(case, at, changes, note=at.note), *_part_ended(case)]


@along(CASE, Action.WITHDRAW)
def free_joined(case: Case, at: Moment, changes: Changes) -> list[Also]:
    """Let the reports that go with it stand by themselves: their reporters have taken nothing back."""
    return _freed(case, at, changes, note="")


def _freed(case: Case, at: Moment, changes: Changes, *, note: str) -> list[Also]:
    freed = [Also(one, Action.UNMERGE, _by_itself(one, at), note) for one in _joined(case, CaseStatus.MERGED)]
    if freed:
        changes["joined_count"] = 0
    return freed


@along(CASE, Action.REOPEN, Action.NOT_SOLVED)
def reopen_joined(case: Case, at: Moment, changes: Changes) -> list[Also]:
    """Open the reports again that were closed with it; and where it went with another itself, leave that."""
    opened: Changes = {
        "closed_at": None,
        "closing": "",
        "unscored": "",
        "outcome": "",
        "outcome_note": "",
        "rating_solved": None,
        "rating_score": None,
        "rated_at": None,
    }
    # What one reporter wrote is not for the others to read.
    note = at.note if at.role != Role.RESIDENT else ""
    again = [Also(one, Action.REOPENED_ALONG, opened, note) for one in _joined(case, CaseStatus.CLOSED)]
    return [*_left(case), *again, *_part_reopened(case)]


@along(CASE, Action.REMIND)
def remind_main(case: Case, at: Moment, changes: Changes) -> list[Also]:
    """A reminder of a report that goes with another urges whoever works on that."""
    if case.status != CaseStatus.MERGED or case.merged_into_id is None:
        return []
    main = _locked(case.merged_into_id)
    urged = {"remind_count": main.remind_count + 1, "needs_attention": True}
    return [Also(main, Action.REMIND, urged, at.note)]
