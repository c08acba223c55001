"""May this actor do this to this case? The transition table decides, and the answer tells each step of the way."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext_noop

from gezhi.contexts.cases.domain.photos import PHOTO_RULES, PhotoRule, Stage
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action, Permit, Relation
from gezhi.contexts.cases.models import Case, CaseEvent
from gezhi.kernel.errors import NotFound
from gezhi.kernel.ids import code_from, follow_code, normalise_code
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor, HeldGrant
from gezhi.platform.access.policies import Decision, Reason
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

_BY_ITSELF = Reason(gettext_noop("The system acts by itself."))
_ANYONE = Reason(gettext_noop("Anyone may do this."))
_ASSIGNED = Reason(gettext_noop("The case is assigned to this person."))
_NOT_ASSIGNED = Reason(gettext_noop("The case is not assigned to this person."))
_REPORTED = Reason(gettext_noop("This person reported the case."))
_NOT_REPORTED = Reason(gettext_noop("This person did not report the case."))
_REGISTERED = Reason(gettext_noop("This person took the report in."))
_NOT_REGISTERED = Reason(gettext_noop("This person did not take the report in."))
_HANDLED_IT = Reason(gettext_noop("Whoever handled a case may not check or close it."))
_AT_WORK = Reason(
    gettext_noop("Whoever took a report in for somebody else or worked on it does not act as its reporter.")
)
_SHOWS_CODE = Reason(gettext_noop("Shows the follow code of this case."))
_NO_GRANT = Reason(gettext_noop("No grant covers this case."))
_OWN_DATA = Reason(gettext_noop("The data are this person's own."))
_OVER = Reason(gettext_noop("The handling is over: the reporter's data are closed."))
_HANDLES = Reason(gettext_noop("Handles the case; the look is logged."))
_DOES_NOT_HANDLE = Reason(gettext_noop("Does not handle this case."))

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
    """A set of cases that an actor sees: column = value, and the organisation too where one is named.

    ``grant`` is where it comes from; None: the person's own part in the case.
    """

    column: str
    value: int
    organisation_id: int | None = None
    grant: HeldGrant | None = None


def scopes(actor: Actor) -> tuple[Scope, ...]:
    """The union of these is what the actor sees. Queries and live events are both filtered by it."""
    found = [
        Scope(f"{grant.level}_id", grant.area_id, None, grant) for grant in actor.grants if grant.role in AREA_READERS
    ]
    found += [
        Scope(f"{grant.level}_id", grant.area_id, grant.organisation_id, grant)
        for grant in actor.holds(Role.DEPARTMENT_OFFICER)
    ]
    if actor.user_id is not None:
        found.append(Scope("assignee_id", actor.user_id))
        found.append(Scope("reporter_user_id", actor.user_id))
        if actor.grants:
            found.append(Scope("registered_by_id", actor.user_id))
    return tuple(found)


def _grant_reason(words: str, *grants: HeldGrant) -> Reason:
    areas = "、".join(grant.area_name for grant in grants)
    return Reason(words, {"role": grants[0].role.value, "area": areas})


def _why(scope: Scope, case: Case) -> tuple[bool, Reason]:
    """Whether the case lies in the scope, and the words for it."""
    inside = getattr(case, scope.column) == scope.value
    if scope.grant is None:
        if scope.column == "assignee_id":
            return inside, _ASSIGNED if inside else _NOT_ASSIGNED
        if scope.column == "registered_by_id":
            return inside, _REGISTERED if inside else _NOT_REGISTERED
        return inside, _REPORTED if inside else _NOT_REPORTED
    if not inside:
        return False, _grant_reason(gettext_noop("%(role)s in %(area)s, which does not cover the case."), scope.grant)
    if scope.organisation_id not in (None, case.organisation_id):
        words = gettext_noop("%(role)s in %(area)s, but the case is of another department.")
        return False, _grant_reason(words, scope.grant)
    return True, _grant_reason(gettext_noop("%(role)s in %(area)s, which covers the case."), scope.grant)


def covers(grant: HeldGrant, case: Case) -> bool:
    """Whether the grant's area contains the case's place."""
    return bool(getattr(case, f"{grant.level}_id") == grant.area_id)


def _reported_it(actor: Actor, case: Case) -> bool:
    if actor.user_id is not None and case.reporter_user_id == actor.user_id:
        return True
    return case.follow_digest is not None and any(
        hmac.compare_digest(case.follow_digest, follow_digest(code)) for code in actor.follow_codes
    )


def _registered_it(actor: Actor, case: Case) -> bool:
    return actor.user_id is not None and case.registered_by_id == actor.user_id


def _registered(actor: Actor, role: Role, grants: tuple[HeldGrant, ...], case: Case) -> tuple[bool, Reason]:
    """Whether this person took the report in, whatever the area of the role."""
    held = _registered_it(actor, case)
    return held, _REGISTERED if held else _NOT_REGISTERED


def _handled_it(actor: Actor, case: Case) -> bool:
    """Whether the actor handled the case at any time: after rework by a colleague the row names the colleague alone."""
    if actor.user_id is None:
        return False
    return (
        case.handled_by == actor.user_id
        or CaseEvent.objects.filter(case_id=case.pk, action=Action.HANDLE.value, actor_id=actor.user_id).exists()
    )


def _at_work(actor: Actor, case: Case) -> bool:
    """Whether the actor took the report in, or took any step on it in a role. The reporter's code makes no reporter of
    them: it may have passed through their hands."""
    if actor.user_id is None:
        return False
    steps = CaseEvent.objects.filter(case_id=case.pk, actor_id=actor.user_id).exclude(actor_role=Role.RESIDENT.value)
    return _registered_it(actor, case) or steps.exists()


def _stands(actor: Actor, permit: Permit, case: Case) -> tuple[bool, Reason]:
    """Whether the actor meets one permit, and the words for it."""
    if permit.relation is Relation.ANYONE:
        return True, _ANYONE
    if permit.relation is Relation.REPORTED_IT:
        held = _reported_it(actor, case)
        return held, _REPORTED if held else _NOT_REPORTED
    grants = actor.holds(permit.role)
    if not grants:
        return False, Reason(gettext_noop("%(role)s: holds no such role."), {"role": permit.role.value})
    if permit.relation is not Relation.COVERS:
        stands = _entrusted if permit.relation is Relation.ENTRUSTED else _registered
        return stands(actor, permit.role, grants, case)
    covering = next((grant for grant in grants if covers(grant, case)), None)
    if covering is not None:
        return True, _grant_reason(gettext_noop("%(role)s in %(area)s, which covers the case."), covering)
    return False, _grant_reason(gettext_noop("%(role)s in %(area)s, which does not cover the case."), *grants)


def _entrusted(actor: Actor, role: Role, grants: tuple[HeldGrant, ...], case: Case) -> tuple[bool, Reason]:
    """Whether the case was given to this person, or to the department for which this officer acts here."""
    if case.assignee_id is not None and case.assignee_id == actor.user_id:
        held, words = True, gettext_noop("%(role)s: the case is assigned to this person.")
    elif role is Role.DEPARTMENT_OFFICER:
        held = case.organisation_id is not None and any(
            grant.organisation_id == case.organisation_id and covers(grant, case) for grant in grants
        )
        words = (
            gettext_noop("%(role)s: of the department that has the case.")
            if held
            else gettext_noop("%(role)s: not of the department that has the case.")
        )
    else:
        held, words = False, gettext_noop("%(role)s: the case is not assigned to this person.")
    return held, Reason(words, {"role": role.value})


def decide_action(actor: Actor, action: Action, case: Case) -> tuple[Decision, str]:
    """The decision about one action and the role in which the actor would take it. The state is not asked here."""
    if actor.is_system:
        return Decision(True, (_BY_ITSELF,)), "system"
    row = TRANSITIONS[action]
    reasons: list[Reason] = []
    for permit in row.permits:
        held, why = _stands(actor, permit, case)
        reasons.append(why)
        if held:
            if row.not_by_staff and _at_work(actor, case):
                return Decision(False, (*reasons, _AT_WORK)), ""
            if row.not_by_handler and _handled_it(actor, case):
                return Decision(False, (*reasons, _HANDLED_IT)), ""
            return Decision(True, tuple(reasons)), permit.role.value
    return Decision(False, tuple(reasons)), ""


def decide_photo(actor: Actor, stage: Stage, case: Case) -> tuple[Decision, PhotoRule | None]:
    """Whether the actor may add pictures of this stage, and by which rule. The state is not asked here."""
    reasons: list[Reason] = []
    for rule in (rule for rule in PHOTO_RULES if rule.stage == stage):
        for permit in rule.permits:
            held, why = _stands(actor, permit, case)
            reasons.append(why)
            if not held:
                continue
            if rule.not_by_handler and _handled_it(actor, case):
                return Decision(False, (*reasons, _HANDLED_IT)), None
            return Decision(True, tuple(reasons)), rule
    return Decision(False, tuple(reasons)), None


def decide_see(actor: Actor, case: Case) -> Decision:
    """Whether the actor may see the case at all."""
    if actor.is_system:
        return Decision(True, (_BY_ITSELF,))
    reasons: list[Reason] = []
    for scope in scopes(actor):
        inside, why = _why(scope, case)
        reasons.append(why)
        if inside:
            return Decision(True, tuple(reasons))
    if _reported_it(actor, case):
        return Decision(True, (*reasons, _SHOWS_CODE))
    return Decision(False, (*reasons, _NO_GRANT))


def _decide_personal(actor: Actor, case: Case) -> Decision:
    seen = decide_see(actor, case)
    if not seen:
        return seen
    if _reported_it(actor, case) and not _at_work(actor, case):
        return Decision(True, (*seen.reasons, _OWN_DATA))
    if CaseStatus(case.status) not in _PERSONAL_WHILE:
        return Decision(False, (*seen.reasons, _OVER))
    dispatcher = any(covers(grant, case) for grant in actor.holds(Role.STREET_DISPATCHER))
    handler = decide_action(actor, Action.HANDLE, case)[0]
    if dispatcher or handler:
        return Decision(True, (*seen.reasons, _HANDLES))
    return Decision(False, (*seen.reasons, _DOES_NOT_HANDLE))


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
            words = gettext_noop("A case that is '%(status)s' has no '%(action)s'.")
            return Decision(False, (*decision.reasons, Reason(words, {"status": obj.status, "action": verb})))
        return decision

    def load(self, reference: str) -> Case:
        """The case of this number. Raises ``NotFound``."""
        case = Case.objects.filter(number=reference).first()
        if case is None:
            raise NotFound("no_case", f"there is no case {reference}")
        return case
