"""The index of listeners answers as the scopes of each would, whatever the grants and the rows."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gezhi.contexts.cases.kind import CASE
from gezhi.interfaces.live.audience import Audience
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor, HeldGrant, system_actor
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.steps.topics import seen_by, touches

TOPIC = CASE.live
STEP = min(TOPIC.steps)
FEW = st.integers(1, 3)
LEVELS = ("city", "district", "street", "community", "grid")
GRANTS = st.builds(
    HeldGrant,
    role=st.sampled_from(list(Role)),
    area_id=FEW,
    level=st.sampled_from(LEVELS),
    organisation_id=st.none() | FEW,
)
ACTORS = st.builds(
    Actor, user_id=FEW, label=st.just("somebody"), grants=st.lists(GRANTS, max_size=3).map(tuple)
) | st.just(system_actor())
ROWS = st.dictionaries(st.sampled_from([*TOPIC.scopes.columns, "organisation_id"]), st.none() | FEW)
TOUCHED = st.none() | st.dictionaries(st.sampled_from(TOPIC.scopes.columns), st.lists(FEW, max_size=2))


@settings(max_examples=300, deadline=None)
@given(actors=st.lists(ACTORS, max_size=8), again=st.lists(ACTORS, max_size=8), was=ROWS, now=ROWS, touched=TOUCHED)
def test_it_finds_whom_an_event_concerns(actors, again, was, now, touched):
    audience = Audience(TOPIC.scopes)
    serving = dict(enumerate(actors)) | dict(enumerate(again))
    for number, actor in [*enumerate(actors), *enumerate(again)]:
        audience.put(number, actor)
    step = OutboxEvent(pk=1, type=STEP, subject="1", payload={TOPIC.row: now, "was": was})
    told = {number: seen for number, actor in serving.items() if (seen := seen_by(TOPIC, actor, step))}
    assert audience.seeing(now) == {number for number, event in told.items() if event.visible}
    assert audience.losing(was, now) == {number for number, event in told.items() if not event.visible}
    whole = {number for number, actor in serving.items() if TOPIC.scopes.sees_whole(actor, now)}
    assert audience.seeing_whole(now) == whole
    assert audience.seeing_a_part(now) == audience.seeing(now) - whole
    many = OutboxEvent(pk=2, type="many", subject="", payload={} if touched is None else {"touched": touched})
    assert set(audience.touched_by(many)) == {
        number for number, actor in serving.items() if touches(TOPIC, actor, many)
    }
    for number in serving:
        audience.drop(number)
    assert not audience.seeing(now)
    assert not set(audience.touched_by(many))
    assert not audience._at
    assert not audience._places
