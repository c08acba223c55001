"""May this actor do this to this case? The transition table decides, and the answer tells each step of the way."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action, Permit, Relation
from gezhi.contexts.cases.models import Case
from gezhi.kernel.errors import NotFound
from gezhi.kernel.ids import code_from, follow_code, normalise_code
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor, HeldGrant
from gezhi.platform.access.policies import Decision
from gezhi.platform.commands.idempotency import scope_of

# Roles that see every case of their area. A department's officer sees the department's cases only.
AREA_READERS: tuple[Role, ...] = (
    Role.GRID_WORKER,
    Role.STREET_DISPATCHER,
    Role.CHECKER,
    Role.OPERATIONS,
    Role.PLANNER,
)
SEE = "see"
SEE_PERSONAL_DATA = "see_personal_data"

# A reporter's name and number are for those who handle the case, while they handle it (PIPL art. 6).
_PERSONAL_WHILE = frozenset(
    {CaseStatus.REPORTED, CaseStatus.DISPATCHED, CaseStatus.HANDLING, CaseStatus.SUSPENDED, CaseStatus.HANDLED}
)


@lru_cache(maxsize=1)
def _follow_key() -> bytes:
    return settings.ENV.data_key("follow")


def follow_digest(code: str) -> str:
    """What is stored of a follow code: its keyed hash. A stolen table follows no case."""
    return hmac.digest(_follow_key(), normalise_code(code).encode(), "sha256").hex()


def follow_code_for(actor: Actor, key: str | None) -> str:
    """A new follow code: random, or derived from the idempotency key, so that a retry shows the same code again
    without the code ever being stored."""
    if key is None:
        return follow_code()
    return code_from(hmac.digest(_follow_key(), f"{scope_of(actor)}\n{key}".encode(), "sha256"))


@dataclass(frozen=True, slots=True)
class Scope:
    """A set of cases that an actor sees: column = value, and the organisation too where one is named."""

    column: str
    value: int
    organisation_id: int | None = None
    why: str = ""


def scopes(actor: Actor) -> tuple[Scope, ...]:
    """The union of these is what the actor sees. Queries and live events are both filtered by it."""
    found = [
        Scope(f"{grant.level}_id", grant.area_id, None, f"{grant.role} in {grant.area_name}")
        for grant in actor.grants
        if grant.role in AREA_READERS
    ]
    found += [
        Scope(f"{grant.level}_id", grant.area_id, grant.organisation_id, f"{grant.role} in {grant.area_name}")
        for grant in actor.holds(Role.DEPARTMENT_OFFICER)
    ]
    if actor.user_id is not None:
        found.append(Scope("assignee_id", actor.user_id, None, "the case is assigned to this person"))
        found.append(Scope("reporter_user_id", actor.user_id, None, "this person reported the case"))
    return tuple(found)


def covers(grant: HeldGrant, case: Case) -> bool:
    """Whether the grant's area contains the case's place."""
    return bool(getattr(case, f"{grant.level}_id") == grant.area_id)


def _reported_it(actor: Actor, case: Case) -> bool:
    if actor.user_id is not None and case.reporter_user_id == actor.user_id:
        return True
    return case.follow_digest is not None and any(
        hmac.compare_digest(case.follow_digest, follow_digest(code)) for code in actor.follow_codes
    )


def _stands(actor: Actor, permit: Permit, case: Case) -> tuple[bool, str]:
    """Whether the actor meets one permit, and the words for it."""
    name = permit.role.value
    if permit.relation is Relation.ANYONE:
        return True, "anyone may"
    if permit.relation is Relation.REPORTED_IT:
        held = _reported_it(actor, case)
        return held, "reported this case" if held else f"{name}: did not report this case"
    grants = actor.holds(permit.role)
    if not grants:
        return False, f"{name}: holds no such role"
    if permit.relation is Relation.ENTRUSTED:
        return _entrusted(actor, permit.role, grants, case)
    covering = [grant for grant in grants if covers(grant, case)]
    if covering:
        return True, f"{name} in {covering[0].area_name}, which covers the case"
    return False, f"{name}: only in {', '.join(grant.area_name for grant in grants)}, which does not cover the case"


def _entrusted(actor: Actor, role: Role, grants: tuple[HeldGrant, ...], case: Case) -> tuple[bool, str]:
    """Whether the case was given to this person, or to the department for which this officer acts here."""
    if case.assignee_id is not None and case.assignee_id == actor.user_id:
        held, words = True, "is the assignee"
    elif role is Role.DEPARTMENT_OFFICER:
        held = case.organisation_id is not None and any(
            grant.organisation_id == case.organisation_id and covers(grant, case) for grant in grants
        )
        words = "of the department that has the case" if held else "not of the department that has the case"
    else:
        held, words = False, "is not the assignee"
    return held, f"{role.value}: {words}"


def decide_action(actor: Actor, action: Action, case: Case) -> tuple[Decision, str]:
    """The decision about one action and the role in which the actor would take it. The state is not asked here."""
    if actor.is_system:
        return Decision(True, ("the system acts by itself",)), "system"
    row = TRANSITIONS[action]
    reasons: list[str] = []
    for permit in row.permits:
        held, words = _stands(actor, permit, case)
        reasons.append(words)
        if held:
            if row.not_by_handler and case.handled_by is not None and case.handled_by == actor.user_id:
                reasons.append("whoever handled a case may not check or close it")
                return Decision(False, tuple(reasons)), ""
            return Decision(True, tuple(reasons)), permit.role.value
    return Decision(False, tuple(reasons)), ""


def decide_see(actor: Actor, case: Case) -> Decision:
    """Whether the actor may see the case at all."""
    if actor.is_system:
        return Decision(True, ("the system acts by itself",))
    reasons: list[str] = []
    for scope in scopes(actor):
        inside = getattr(case, scope.column) == scope.value
        ours = scope.organisation_id is None or scope.organisation_id == case.organisation_id
        if inside and ours:
            return Decision(True, (*reasons, scope.why))
        reasons.append(
            f"{scope.why}: " + ("the case is of another department" if inside else "does not cover the case")
        )
    if _reported_it(actor, case):
        return Decision(True, (*reasons, "shows the follow code of this case"))
    return Decision(False, (*reasons, "no grant covers this case"))


def _decide_personal(actor: Actor, case: Case) -> Decision:
    seen = decide_see(actor, case)
    if not seen:
        return seen
    if _reported_it(actor, case):
        return Decision(True, (*seen.reasons, "the data are this person's own"))
    if CaseStatus(case.status) not in _PERSONAL_WHILE:
        return Decision(False, (*seen.reasons, "the handling is over: the reporter's data are closed"))
    dispatcher = any(covers(grant, case) for grant in actor.holds(Role.STREET_DISPATCHER))
    handler = decide_action(actor, Action.HANDLE, case)[0]
    if dispatcher or handler:
        return Decision(True, (*seen.reasons, "handles the case; the look is logged"))
    return Decision(False, (*seen.reasons, "does not handle this case"))


class CasePolicy:
    """The policy of cases: every action of the table, seeing a case, and seeing the reporter's data."""

    verbs = frozenset({SEE, SEE_PERSONAL_DATA, *(action.value for action in Action)})

    def decide(self, actor: Actor, verb: str, obj: Case) -> Decision:
        """See ``access.policies.Policy``. An action is also refused where the case's status does not have it."""
        if verb == SEE:
            return decide_see(actor, obj)
        if verb == SEE_PERSONAL_DATA:
            return _decide_personal(actor, obj)
        decision, _ = decide_action(actor, Action(verb), obj)
        if decision and verb != Action.REPORT and CaseStatus(obj.status) not in TRANSITIONS[Action(verb)].sources:
            return Decision(False, (*decision.reasons, f"a case that is '{obj.status}' has no '{verb}'"))
        return decision

    def load(self, reference: str) -> Case:
        """The case of this number. Raises ``NotFound``."""
        case = Case.objects.filter(number=reference).first()
        if case is None:
            raise NotFound("no_case", f"there is no case {reference}")
        return case
