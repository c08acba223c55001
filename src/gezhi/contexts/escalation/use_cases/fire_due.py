"""Speak of the deadlines that fall due: tell the people whom the rules name, and leave the mark on the case.

Each case is settled in a transaction of its own: the record that a rule has spoken, the notices and the step stand or fall
together, and a unique constraint holds that no rule speaks of a deadline twice, whoever else tries. Where several rules are due at
once (the program stood still), of those to the same people only the last one speaks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from gezhi.contexts.cases.queries import RunningDeadline, running_deadlines
from gezhi.contexts.cases.use_cases import Command, note_case, remind_case
from gezhi.contexts.escalation.domain.rules import Mark, Rule, Told
from gezhi.contexts.escalation.domain.words import DUE_AS, reason
from gezhi.contexts.escalation.in_force import RulesInForce, rules_in_force
from gezhi.contexts.escalation.models import Firing, Watch
from gezhi.contexts.escalation.watching import Ahead, ahead_of, spoken_of
from gezhi.kernel.errors import GezhiError
from gezhi.kernel.filled import Filled
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor, holders_covering
from gezhi.platform.access.territory import require_in
from gezhi.platform.notices.tell import tell
from gezhi.platform.worktime.city_calendar import city_calendar

log = structlog.get_logger(__name__)
BATCH = 200
TOPIC = "escalation"


def due_by(now: datetime, *, after: tuple[datetime, int] | None = None) -> list[tuple[datetime, int]]:
    """At which instant a rule is to speak and of which case, of those due by now and behind such a pair; the longest waiting first,
    at most a batch. By the index of the next instants."""
    found = Watch.objects.filter(fire_at__lte=now)
    if after is not None:
        at, case_id = after
        found = found.filter(fire_at__gte=at).exclude(fire_at=at, pk__lte=case_id)
    rows = found.order_by("fire_at", "pk").values_list("fire_at", "pk")[:BATCH]
    return [(at, case_id) for at, case_id in rows if at is not None]


def fire_due(*, actor: Actor, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Let the rules speak that are due, as long as ``go_on`` says; how many did. A case that moved on meanwhile is left to the next
    time, when its deadline has been read anew."""
    require_in(actor, "watch_deadlines")
    rules, fired = rules_in_force(), 0
    waiting = due_by(now)
    while waiting:
        for _at, case_id in waiting:
            if not go_on():
                return fired
            try:
                # A block of its own each time: what watches for writes after an event tells transactions by their blocks.
                with transaction.atomic():
                    fired += _settle(case_id, rules, actor, now)
            except (GezhiError, IntegrityError) as error:
                log.info("escalation.left", case=case_id, why=str(error))
        waiting = due_by(now, after=waiting[-1])
    return fired


def _settle(case_id: int, rules: RulesInForce, actor: Actor, now: datetime) -> int:
    watch = Watch.objects.select_for_update().filter(pk=case_id, fire_at__lte=now).first()
    if watch is None:
        return 0
    deadlines = running_deadlines([case_id])
    if not deadlines:
        watch.delete()
        return 0
    spoken, calendar = spoken_of(deadlines), city_calendar()
    ahead = [
        (deadline, ahead_of(deadline, rules.rules, calendar, spoken[case_id, deadline.due_at]))
        for deadline in deadlines
    ]
    # A step on the case makes another version of it: what the second deadline is owed is for the next look.
    deadline, speaking = next((pair for pair in ahead if pair[1] and pair[1][0].at <= now), ahead[0])
    due = [one for one in speaking if one.at <= now]
    left = [one.at for other, rest in ahead for one in rest if other is not deadline or one.at > now]
    watch.due_at, watch.fire_at = min(one.due_at for one in deadlines), min(left, default=None)
    watch.save(update_fields=["due_at", "fire_at"])
    if due:
        _speak(deadline, due, rules.number, actor, now)
    return len(due)


def _speak(deadline: RunningDeadline, due: Sequence[Ahead], table: int, actor: Actor, now: datetime) -> None:
    last = {one.rule.row.told: one.rule for one in due}
    speaking = [one.rule for one in due if last[one.rule.row.told] is one.rule]
    leaves = _leaves(speaking)
    firings, told = [], []
    for rule in (one.rule for one in due):
        people = _told_by(rule, deadline, now) if rule in speaking else 0
        firings.append(
            Firing(
                case_id=deadline.case_id,
                due_at=deadline.due_at,
                rule_key=rule.row.key,
                rule_id=rule.id,
                at=now,
                version=deadline.version + 1 if rule in speaking and leaves else None,
                people=people,
                overtaken=rule not in speaking,
            )
        )
        if rule in speaking:
            told.append(f"rule {rule.line} of version {table}: {_words(rule, deadline)} ({people} told)")
    Firing.objects.bulk_create(firings)
    if leaves:
        step = remind_case if Mark.ATTENTION in leaves else note_case
        step(
            Command(
                actor=actor,
                number=deadline.number,
                now=now,
                # What was decided on holds for this version alone.
                expected_version=deadline.version,
                note="\n".join(told),
            )
        )


def _leaves(rules: Sequence[Rule]) -> set[str]:
    return {rule.row.mark for rule in rules} - {Mark.NONE.value}


def _words(rule: Rule, deadline: RunningDeadline) -> Filled:
    return reason(rule.row, timezone.localtime(deadline.due_at).strftime(DUE_AS))


def _told_by(rule: Rule, deadline: RunningDeadline, now: datetime) -> int:
    people = people_for(Told(rule.row.told), deadline, now=now)
    return tell(people, topic=TOPIC, kind="case", reference=deadline.number, words=_words(rule, deadline), now=now)


_ROLES = {
    Told.DISPATCHERS: Role.STREET_DISPATCHER,
    Told.CHECKERS: Role.CHECKER,
    Told.OPERATIONS: Role.OPERATIONS,
}


def people_for(told: Told, deadline: RunningDeadline, *, now: datetime) -> set[int]:
    """Whom a rule means of a case at this moment; where that is nobody, the city's operations, so that it is not lost."""
    found: set[int] = set()
    if told in _ROLES:
        found = holders_covering(_ROLES[told], deadline.area_ids, now=now)
    elif told is Told.HANDLER and deadline.assignee_id is not None:
        found = {deadline.assignee_id}
    elif deadline.organisation_id is not None:
        officer = Role.DEPARTMENT_OFFICER
        found = holders_covering(officer, deadline.area_ids, deadline.organisation_id, now=now)
    return found or holders_covering(Role.OPERATIONS, deadline.area_ids, now=now)
