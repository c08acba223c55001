"""Keep the watched deadlines those of the cases: by the events of their steps, in the order of commits.

An event names the case that changed; its deadline is read then, so that a late or repeated look does no harm. Where another
table of rules or another calendar is in force, where many cases came in at once, or where events were missed, all open deadlines
are looked at once, by their index; what happens meanwhile is taken in by its events afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction

from gezhi.contexts.cases.events import IMPORTED
from gezhi.contexts.cases.queries import next_deadlines, running_deadlines
from gezhi.contexts.escalation.in_force import RulesInForce, rules_in_force
from gezhi.contexts.escalation.models import Follower, Watch
from gezhi.contexts.escalation.watching import ahead_of, spoken_of
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.outbox.publish import latest_id, purged_up_to, read_after
from gezhi.platform.worktime.city_calendar import city_calendar
from gezhi.platform.worktime.queries import plan_in_force

BATCH = 500


def follow_deadlines(*, actor: Actor, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Take in what changed since the last time, as long as ``go_on`` says; how many cases were looked at. The rest is for the next
    time."""
    require_in(actor, "watch_deadlines")
    Follower.objects.get_or_create(pk=1)
    looked = 0
    while go_on():
        found = _one_batch()
        if found is None:
            break
        looked += found
    return looked


@transaction.atomic
def _one_batch() -> int | None:
    """Take in one batch; how many cases it had, None where nothing is left."""
    # Two schedulers take turns: the second goes on where the first has come to.
    follower = Follower.objects.select_for_update().get(pk=1)
    rules = rules_in_force()
    wanted = f"{rules.number}-{plan_in_force().number}"
    if _is_out_of_date(follower, wanted):
        _begin_anew(follower, wanted)
    if follower.making_for:
        return _look_at_all(follower, rules)
    return _take_in_events(follower, rules, wanted)


def _is_out_of_date(follower: Follower, wanted: str) -> bool:
    """Whether all must be looked at: other rules or another calendar hold, or events that nobody took in are gone."""
    if (follower.making_for or follower.made_for) != wanted:
        return True
    return not follower.making_for and follower.event_id < purged_up_to()


def _begin_anew(follower: Follower, wanted: str) -> None:
    # What happens from here on is told by later events, whatever the look at all finds.
    follower.event_id = latest_id()
    follower.making_for, follower.seen_due, follower.seen_case = wanted, None, 0


def _look_at_all(follower: Follower, rules: RulesInForce) -> int:
    after = None if follower.seen_due is None else (follower.seen_due, follower.seen_case)
    found = next_deadlines(after, most=BATCH)
    if found:
        _watch([case_id for _due, case_id in found], rules)
        follower.seen_due, follower.seen_case = found[-1]
    if len(found) < BATCH:
        follower.made_for, follower.making_for = follower.making_for, ""
    follower.save()
    return len(found)


def _take_in_events(follower: Follower, rules: RulesInForce, wanted: str) -> int | None:
    events = read_after(follower.event_id, limit=BATCH)
    if not events:
        return None
    follower.event_id = events[-1].pk
    if any(event.type == IMPORTED for event in events):
        _begin_anew(follower, wanted)
        follower.save()
        return 0
    case_ids = {case_id for event in events if (case_id := _case_of(event)) is not None}
    _watch(case_ids, rules)
    follower.save()
    return len(case_ids)


def _case_of(event: OutboxEvent) -> int | None:
    row = event.payload.get("case")
    return int(row["id"]) if isinstance(row, dict) and "id" in row else None


def _watch(case_ids: Iterable[int], rules: RulesInForce) -> None:
    """Write down when each of these cases is next spoken of; what has no deadline any more is watched no more."""
    wanted = set(case_ids)
    deadlines = running_deadlines(wanted)
    spoken, calendar = spoken_of(deadlines), city_calendar()
    watched: dict[int, Watch] = {}
    for one in deadlines:
        ahead = ahead_of(one, rules.rules, calendar, spoken[one.case_id, one.due_at])
        watch = watched.setdefault(one.case_id, Watch(case_id=one.case_id, due_at=one.due_at))
        watch.due_at = min(watch.due_at, one.due_at)
        if ahead:
            watch.fire_at = min(ahead[0].at, watch.fire_at or ahead[0].at)
    Watch.objects.filter(case_id__in=wanted - watched.keys()).delete()
    Watch.objects.bulk_create(
        watched.values(), update_conflicts=True, unique_fields=["case"], update_fields=["due_at", "fire_at"]
    )
