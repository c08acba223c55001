"""How somebody can stand to a case: what they see, by which relation they act, and what rules them out."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import lru_cache, reduce
from operator import or_

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import gettext_noop

from gezhi.contexts.areas.queries import ancestors_of
from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.photos import PHOTO_RULES, PhotoRule
from gezhi.contexts.cases.domain.states import Stage
from gezhi.contexts.cases.domain.told import as_reported
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action, Bar, Relation
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.place import place_of
from gezhi.kernel.ids import code_from, follow_code, normalise_code
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor, HeldGrant
from gezhi.platform.access.policies import Decision, Reason
from gezhi.platform.commands.idempotency import one_spelling, scope_of
from gezhi.platform.steps import kind
from gezhi.platform.steps.policy import stands
from gezhi.platform.steps.relations import ANYONE, covers, in_area, own
from gezhi.platform.steps.scopes import Outside, OwnPart, Said, ScopeTable

_ASSIGNED = Reason(gettext_noop("The case is assigned to this person."))
_NOT_ASSIGNED = Reason(gettext_noop("The case is not assigned to this person."))
# Who reported a case is told to whoever may see that, whichever way it falls.
_ASIDE = gettext_noop("What its reporter may do is left aside: you may not know who that is.")
_REPORTED = Reason(gettext_noop("This person reported the case."), instead=_ASIDE)
_NOT_REPORTED = Reason(gettext_noop("This person did not report the case."), instead=_ASIDE)
_REGISTERED = Reason(gettext_noop("This person took the report in."))
_NOT_REGISTERED = Reason(gettext_noop("This person did not take the report in."))
_HANDLED_IT = Reason(gettext_noop("Whoever handled a case may not check or close it."))
_AT_WORK = Reason(
    gettext_noop("Whoever took a report in for somebody else or worked on it does not act as its reporter.")
)

_ASKED_IT = Reason(gettext_noop("Whoever asked for it does not decide on it."))
_TOOK_IT = Reason(gettext_noop("Whoever took a report in does not verify it."))
_HAS_IT = Reason(gettext_noop("Whoever has the case in hand does not decide on its time."))
_REVIEWED_IT = Reason(gettext_noop("Whoever took the first decision on an appeal does not take the second."))
_NO_APPROVER = Reason(gettext_noop("The city lets somebody else decide on this."))

_SAID = Said(
    inside=gettext_noop("%(role)s in %(area)s, which covers the case."),
    outside=gettext_noop("%(role)s in %(area)s, which does not cover the case."),
    of_another_body=gettext_noop("%(role)s in %(area)s, but the case is of another department."),
    nowhere=gettext_noop("No grant covers this case."),
    wrong_state=gettext_noop("A case that is '%(status)s' has no '%(action)s'."),
)
_TOOK_IT_IN = OwnPart("registered_by_id", _REGISTERED, _NOT_REGISTERED, staff_only=True)
_TOLD_STEPS = reduce(
    or_,
    (
        Q(action=action.value, changes__has_any_keys=list(row.told_with))
        for action, row in TRANSITIONS.items()
        if row.told_with
    ),
    Q(action__in=[action.value for action, row in TRANSITIONS.items() if row.told and not row.told_with]),
)


def _told_versions(case_ids: Collection[int]) -> dict[int, int]:
    """How many steps of each of these cases its reporter is told. One query."""
    told = CaseStep.objects.filter(_TOLD_STEPS, case_id__in=case_ids).order_by()
    return dict.fromkeys(case_ids, 0) | dict(told.values_list("case_id").annotate(Count("pk")))


# A department's officer sees the department's cases only.
SCOPES = ScopeTable(
    readers=(Role.GRID_WORKER, Role.STREET_DISPATCHER, Role.CHECKER, Role.OPERATIONS, Role.PLANNER),
    of_body=(Role.DEPARTMENT_OFFICER,),
    own=(
        OwnPart("assignee_id", _ASSIGNED, _NOT_ASSIGNED),
        OwnPart("reporter_user_id", _REPORTED, _NOT_REPORTED, whole=False),
        _TOOK_IT_IN,
    ),
    said=_SAID,
    outside=Outside(as_reported, _told_versions),
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
    return code_from(hmac.digest(_follow_key(), f"{scope_of(actor)}\n{one_spelling(key)}".encode(), "sha256"))


def may_be_given(grant: HeldGrant, case: Case) -> bool:
    """Whether whoever serves in the grant's area can be given the case: the area contains its place, or, where only a
    wider area is known of the place, lies within that."""
    return covers(grant, case) or place_of(case).area_id in ancestors_of(grant.area_id).lineage


def reported_it(actor: Actor, case: Case) -> bool:
    """Whether this person reported the case: by the account, or by a follow code shown."""
    if actor.user_id is not None and case.reporter_user_id == actor.user_id:
        return True
    return case.follow_digest is not None and any(
        hmac.compare_digest(case.follow_digest, follow_digest(code)) for code in actor.follow_codes
    )


def at_work(actor: Actor, case: Case) -> bool:
    """Whether the actor took the report in, or took any step on it in a role. The reporter's code makes no reporter of
    them: it may have passed through their hands."""
    if actor.user_id is None:
        return False
    return case.registered_by_id == actor.user_id or any(
        role != Role.RESIDENT.value for _action, role in _steps_of(actor, case)
    )


def _handled_it(actor: Actor, case: Case) -> bool:
    """Whether the actor handled the case at any time: after rework by a colleague the row names the colleague alone."""
    if actor.user_id is None:
        return False
    return case.handled_by == actor.user_id or any(action == Action.HANDLE for action, _role in _steps_of(actor, case))


def _asked_it(actor: Actor, case: Case) -> bool:
    return actor.user_id is not None and case.requested_by == actor.user_id


def _reviewed_it(actor: Actor, case: Case) -> bool:
    return any(action == Action.SUPPORT_APPEAL for action, _role in _steps_of(actor, case))


def _no_approver(actor: Actor, case: Case) -> bool:
    roles = catalogue().rules.approvers(case.request)
    # Whoever asked takes it back, whether they would decide on it or not.
    return not _asked_it(actor, case) and not any(covers(grant, case) for role in roles for grant in actor.holds(role))


def _steps_of(actor: Actor, case: Case) -> list[tuple[str, str]]:
    """The actor's own steps on a case, action and role: asked once for a case at hand, whatever its page offers."""
    known: dict[tuple[int | None, int], list[tuple[str, str]]] = case.__dict__.setdefault("_steps_of", {})
    key = (actor.user_id, case.version)
    if key not in known:
        mine = CaseStep.objects.filter(case_id=case.pk, actor_id=actor.user_id)
        known[key] = list(mine.values_list("action", "actor_role"))
    return known[key]


def _reporting(actor: Actor, role: Role, grants: tuple[HeldGrant, ...], case: Case) -> tuple[bool, Reason]:
    held = reported_it(actor, case)
    return held, _REPORTED if held else _NOT_REPORTED


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


RELATIONS: Mapping[StrEnum, kind.Relation] = {
    Relation.ANYONE: ANYONE,
    Relation.REPORTED_IT: kind.Relation(_reporting, needs_role=False),
    Relation.REGISTERED_IT: own(_TOOK_IT_IN, needs_role=True),
    Relation.COVERS: in_area(SCOPES),
    Relation.ENTRUSTED: kind.Relation(_entrusted),
}
BARS: Mapping[StrEnum, kind.Bar] = {
    Bar.HANDLED_IT: kind.Bar(_handled_it, _HANDLED_IT),
    Bar.AT_WORK: kind.Bar(at_work, _AT_WORK),
    Bar.ASKED_IT: kind.Bar(_asked_it, _ASKED_IT),
    Bar.TOOK_IT_IN: kind.Bar(
        lambda actor, case: actor.user_id is not None and case.registered_by_id == actor.user_id, _TOOK_IT
    ),
    Bar.HAS_IT: kind.Bar(lambda actor, case: actor.user_id is not None and case.assignee_id == actor.user_id, _HAS_IT),
    Bar.REVIEWED_IT: kind.Bar(_reviewed_it, _REVIEWED_IT),
    Bar.NO_APPROVER: kind.Bar(_no_approver, _NO_APPROVER),
}


def decide_photo(actor: Actor, stage: Stage, case: Case) -> tuple[Decision, PhotoRule | None]:
    """Whether the actor may add pictures of this stage, and by which rule. The state is not asked here."""
    reasons: list[Reason] = []
    for rule in (rule for rule in PHOTO_RULES if rule.stage == stage):
        for permit in rule.permits:
            held, why = stands(RELATIONS, actor, permit, case)
            reasons.append(why)
            if not held:
                continue
            if rule.not_by_handler and _handled_it(actor, case):
                return Decision(False, (*reasons, _HANDLED_IT)), None
            return Decision(True, tuple(reasons)), rule
    return Decision(False, tuple(reasons)), None
