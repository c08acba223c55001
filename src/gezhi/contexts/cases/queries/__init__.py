"""What the cases context answers: lists, one case with its history, and the resident's view of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from gezhi.contexts.cases import rows
from gezhi.contexts.cases.catalogue import ClassEntry, catalogue
from gezhi.contexts.cases.domain.fold import HistoryRow, fold
from gezhi.contexts.cases.domain.states import OPEN_STATUSES, CaseStatus
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action, actions_from
from gezhi.contexts.cases.models import Case, CaseEvent, Power
from gezhi.contexts.cases.policy import Scope, decide_action, decide_see, follow_digest, scopes
from gezhi.contexts.cases.step import state_of
from gezhi.kernel.errors import InvalidInput, NotFound
from gezhi.kernel.paging import decode_cursor, encode_cursor, page_size
from gezhi.platform.access.actor import Actor

Row = dict[str, Any]
_Narrow = Callable[[QuerySet[Case, Any]], QuerySet[Case, Any]]
_LEVEL_COLUMNS = frozenset({"city_id", "district_id", "street_id", "community_id", "grid_id"})


def _scope_filter(scope: Scope) -> Q:
    condition = Q(**{scope.column: scope.value})
    return condition if scope.organisation_id is None else condition & Q(organisation_id=scope.organisation_id)


def visible_to(actor: Actor) -> QuerySet[Case]:
    """The cases that this actor may know of: the only door to every list and count of cases."""
    if actor.is_system:
        return Case.objects.all()
    found = scopes(actor)
    if not found:
        return Case.objects.none()
    return Case.objects.filter(reduce(or_, (_scope_filter(scope) for scope in found)))


def row_visible(actor: Actor, row: Row) -> bool:
    """The same rule on one list row (or the scope columns of one), for live events."""
    if actor.is_system:
        return True
    return any(
        row.get(scope.column) == scope.value
        and (scope.organisation_id is None or scope.organisation_id == row.get("organisation_id"))
        for scope in scopes(actor)
    )


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. Empty means everything that the actor sees."""

    statuses: tuple[CaseStatus, ...] = ()
    open_only: bool = False
    overdue_at: datetime | None = None
    class_prefix: str = ""
    area: tuple[str, int] | None = None
    organisation_id: int | None = None
    assignee_id: int | None = None
    needs_attention: bool = False
    text: str = ""
    reported_from: datetime | None = None
    reported_to: datetime | None = None
    closed_from: datetime | None = None
    closed_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of rows and the cursor of the next; None at the end."""

    rows: list[Row]
    next_cursor: str | None


SORTS: dict[str, tuple[str, str]] = {"newest": ("-reported_at", "-id"), "due": ("due_at", "id")}


def filtered(cases: QuerySet[Case, Any], filters: Filters) -> QuerySet[Case, Any]:
    """Narrow a query. Raises ``InvalidInput`` for an unknown level of area."""
    if filters.statuses:
        cases = cases.filter(status__in=[status.value for status in filters.statuses])
    if filters.open_only:
        cases = cases.filter(status__in=[status.value for status in OPEN_STATUSES])
    if filters.overdue_at is not None:
        cases = cases.filter(due_at__lt=filters.overdue_at)
    if filters.class_prefix:
        cases = cases.filter(class_code__startswith=filters.class_prefix)
    if filters.area is not None:
        column = f"{filters.area[0]}_id"
        if column not in _LEVEL_COLUMNS:
            raise InvalidInput("unknown_level", f"there is no level '{filters.area[0]}'", field="area_level")
        cases = cases.filter(**{column: filters.area[1]})
    if filters.organisation_id is not None:
        cases = cases.filter(organisation_id=filters.organisation_id)
    if filters.assignee_id is not None:
        cases = cases.filter(assignee_id=filters.assignee_id)
    if filters.needs_attention:
        cases = cases.filter(needs_attention=True)
    if filters.text:
        cases = cases.filter(
            Q(number__startswith=filters.text)
            | Q(description__icontains=filters.text)
            | Q(address__icontains=filters.text)
        )
    spans = {
        "reported_at__gte": filters.reported_from,
        "reported_at__lt": filters.reported_to,
        "closed_at__gte": filters.closed_from,
        "closed_at__lt": filters.closed_to,
    }
    return cases.filter(**{name: moment for name, moment in spans.items() if moment is not None})


def list_cases(
    actor: Actor,
    *,
    filters: Filters | None = None,
    sort: str = "newest",
    cursor: str | None = None,
    limit: int | None = None,
) -> Page:
    """A page of the cases that the actor sees, newest first or most urgent first. One query a scope and one more.

    Raises ``InvalidInput`` for an unknown sort, a foreign cursor or a page outside 1 to 200.
    """
    if sort not in SORTS:
        raise InvalidInput("unknown_sort", f"sort by {' or '.join(SORTS)}, not '{sort}'", field="sort")
    size = page_size(limit)
    narrow = _narrowing(sort, filters or Filters(), cursor)
    found = _newest_of_each_scope(actor, narrow, sort, size + 1)
    if len(found) <= size:
        return Page(found, None)
    last = found[size - 1]
    column = SORTS[sort][0].lstrip("-")
    return Page(found[:size], encode_cursor([sort, last[column].isoformat(), last["id"]]))


def _narrowing(sort: str, filters: Filters, cursor: str | None) -> _Narrow:
    after = _after(sort, cursor) if cursor else Q()

    def narrow(cases: QuerySet[Case, Any]) -> QuerySet[Case, Any]:
        if sort == "due":
            cases = cases.filter(due_at__isnull=False)
        return filtered(cases, filters).filter(after).order_by(*SORTS[sort])

    return narrow


def _newest_of_each_scope(actor: Actor, narrow: _Narrow, sort: str, count: int) -> list[Row]:
    """The first ``count`` rows over all scopes of the actor.

    One condition with OR would make the database sort everything that the actor sees. Each scope alone walks its own
    index and stops after ``count`` rows; the first rows of the union are among them.
    """
    if actor.is_system:
        return list(narrow(rows.base())[:count])
    found = scopes(actor)
    if len(found) == 1:
        return list(narrow(rows.base().filter(_scope_filter(found[0])))[:count])
    column = SORTS[sort][0].lstrip("-")
    keys: set[tuple[datetime, int]] = set()
    for scope in found:
        keys.update(narrow(Case.objects.filter(_scope_filter(scope)).values_list(column, "id"))[:count])
    first = sorted(keys, reverse=SORTS[sort][0].startswith("-"))[:count]
    return list(rows.base().filter(pk__in=[key for _, key in first]).order_by(*SORTS[sort]))


def _after(sort: str, cursor: str) -> Q:
    made_for, moment_text, last_id = decode_cursor(cursor, length=3)
    try:
        moment, key = datetime.fromisoformat(moment_text), int(last_id)
    except (TypeError, ValueError) as error:
        raise InvalidInput("bad_cursor", "this cursor was not made by this list", field="cursor") from error
    if made_for != sort:
        raise InvalidInput("bad_cursor", "this cursor belongs to another order", field="cursor")
    column = SORTS[sort][0]
    way = "lt" if column.startswith("-") else "gt"
    name = column.lstrip("-")
    # `name <= moment` lets the index find the start; the second part settles ties.
    return Q(**{f"{name}__{way}e": moment}) & (Q(**{f"{name}__{way}": moment}) | Q(**{f"id__{way}": key}))


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One step as people read it."""

    version: int
    at: datetime
    action: str
    actor_label: str
    actor_role: str
    from_status: str
    to_status: str
    note: str
    changes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case with everything its page shows. ``actions``: what this actor may do now."""

    case: Row
    description: str
    history: list[HistoryStep]
    actions: tuple[Action, ...]
    routing_reason: str
    details: dict[str, Any] = field(default_factory=dict)


def get_case(actor: Actor, number: str) -> Case:
    """The case with this number. Raises ``NotFound`` where there is none, or none that the actor may know of."""
    case = Case.objects.filter(number=number).first()
    if case is None or not decide_see(actor, case):
        raise NotFound("no_case", f"there is no case {number}", field="number")
    return case


def case_page(actor: Actor, number: str) -> CasePage:
    """One case with its history and the actor's possible actions. Four queries. Raises ``NotFound``."""
    case = get_case(actor, number)
    history = history_of(case.pk)
    return CasePage(
        case=rows.one(case.pk),
        description=case.description,
        history=history,
        actions=possible_actions(actor, case),
        routing_reason=next((step.note for step in history if step.action == Action.REPORT), ""),
        details={
            "dispatch_due": case.dispatch_due,
            "handle_due": case.handle_due,
            "check_due": case.check_due,
            "dispatched_at": case.dispatched_at,
            "accepted_at": case.accepted_at,
            "handled_at": case.handled_at,
            "checked_at": case.checked_at,
            "paused_at": case.paused_at,
            "outcome_note": case.outcome_note,
            "condition": case.condition,
            "source_datum": case.source_datum,
            "has_personal_data": case.personal_record is not None,
        },
    )


def possible_actions(actor: Actor, case: Case) -> tuple[Action, ...]:
    """What the actor may do with the case in its present state."""
    return tuple(action for action in actions_from(CaseStatus(case.status)) if decide_action(actor, action, case)[0])


def history_of(case_id: int) -> list[HistoryStep]:
    """The whole history of a case, oldest first."""
    names = ("version", "at", "action", "actor_label", "actor_role", "from_status", "to_status", "note", "changes")
    return [
        HistoryStep(*values)
        for values in CaseEvent.objects.filter(case_id=case_id).order_by("version").values_list(*names)
    ]


# Steps that a resident is shown. Who did them, the inner notes and returns between offices are not.
PUBLIC_STEPS: tuple[Action, ...] = (
    Action.REPORT,
    Action.DISPATCH,
    Action.ACCEPT,
    Action.PAUSE,
    Action.RESUME,
    Action.HANDLE,
    Action.CHECK,
    Action.REWORK,
    Action.CLOSE,
    Action.REOPEN,
    Action.CANCEL,
    Action.WITHDRAW,
    Action.RATE,
)
# Steps whose words are meant for the resident: the outcome, and the reason of a pause, a reopening or an end.
_PUBLIC_NOTES = frozenset({Action.HANDLE, Action.PAUSE, Action.CANCEL, Action.REOPEN})


@dataclass(frozen=True, slots=True)
class PublicStep:
    """One step of the resident's timeline."""

    at: datetime
    action: str
    note: str


@dataclass(frozen=True, slots=True)
class Followed:
    """What whoever has the follow code sees: no names, no inner notes."""

    number: str
    status: str
    class_code: str
    description: str
    address: str
    organisation_name: str
    reported_at: datetime
    due_at: datetime | None
    handle_due: datetime | None
    closed_at: datetime | None
    outcome: str
    outcome_note: str
    rating_solved: bool | None
    rating_score: int | None
    can_rate: bool
    can_withdraw: bool
    has_personal_data: bool
    steps: list[PublicStep]


def follow(code: str) -> Followed:
    """The case behind a follow code. Raises ``NotFound`` for a code that follows nothing."""
    case = Case.objects.select_related("organisation").filter(follow_digest=follow_digest(code)).first()
    if case is None:
        raise NotFound("no_such_code", "no report has this code; check it letter by letter", field="code")
    status = CaseStatus(case.status)
    return Followed(
        number=case.number,
        status=case.status,
        class_code=case.class_code,
        description=case.description,
        address=case.address,
        organisation_name="" if case.organisation is None else case.organisation.name,
        reported_at=case.reported_at,
        due_at=case.due_at,
        handle_due=case.handle_due,
        closed_at=case.closed_at,
        outcome=case.outcome,
        outcome_note=case.outcome_note,
        rating_solved=case.rating_solved,
        rating_score=case.rating_score,
        can_rate=status in TRANSITIONS[Action.RATE].sources and case.rated_at is None,
        can_withdraw=status in TRANSITIONS[Action.WITHDRAW].sources,
        has_personal_data=case.personal_record is not None,
        steps=[
            PublicStep(step.at, step.action, step.note if step.action in _PUBLIC_NOTES else "")
            for step in history_of(case.pk)
            if step.action in PUBLIC_STEPS
        ],
    )


def differs_from_history(case: Case, history: Iterable[HistoryRow] | None = None) -> dict[str, tuple[Any, Any]]:
    """Columns in which a case row differs from the fold of its history: name → (row, fold). Empty when all is well."""
    if history is None:
        history = [
            HistoryRow(*values)
            for values in CaseEvent.objects.filter(case=case).order_by("version").values_list("version", "changes")
        ]
    folded = fold(history)
    return {name: (value, folded[name]) for name, value in state_of(case).items() if folded[name] != value}


def rows_that_differ(*, batch: int = 1_000) -> Iterator[tuple[str, list[str]]]:
    """Cases whose row is not the fold of their history: number and the columns at fault. Two queries a batch."""
    last = 0
    while cases := list(Case.objects.filter(pk__gt=last).order_by("pk")[:batch]):
        last = cases[-1].pk
        histories: dict[int, list[HistoryRow]] = {case.pk: [] for case in cases}
        steps = CaseEvent.objects.filter(case_id__gte=cases[0].pk, case_id__lte=last).order_by("case_id", "version")
        for case_id, version, changes in steps.values_list("case_id", "version", "changes").iterator():
            if case_id in histories:
                histories[case_id].append(HistoryRow(version, changes))
        for case in cases:
            try:
                columns = sorted(differs_from_history(case, histories[case.pk]))
            except ValueError as error:
                columns = [f"history ({error})"]
            if columns:
                yield case.number, columns


def classes() -> list[ClassEntry]:
    """The class table in force, majors and minors, by code."""
    return list(catalogue().classes.values())


def count_powers() -> int:
    """How many delegated powers are in the catalogue and in effect."""
    return Power.objects.filter(valid_to__isnull=True).count()
