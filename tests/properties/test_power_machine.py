"""Every action × status × person of a power at a street: allowed, or refused with nothing changed; and random lives."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gezhi.contexts.powers.domain.states import PowerStatus
from gezhi.contexts.powers.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.powers.models import Holding, HoldingStep
from gezhi.contexts.powers.use_cases import HOLDING
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gezhi.platform.access.actor import ANONYMOUS
from gezhi.platform.audit.verify import verify
from gezhi.platform.commands.models import CommandKey
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.steps.consistency import all_that_differ
from gezhi.platform.steps.policy import possible_steps
from gezhi.platform.steps.verb import Command
from tests.factories.cases import MONDAY
from tests.factories.powers import delegated, make_register

# Written out by hand, so that the table in the program is checked against people's expectation and not against itself.
STREET = {"dispatcher", "both"}
CITY = {"operations", "second_operations", "both"}
EXPECTED: dict[Action, set[str]] = {
    Action.CLAIM: STREET,
    Action.GRANT: CITY,
    Action.REFUSE: CITY,
    Action.EXERCISE: STREET,
    Action.GIVE_BACK: STREET,
    Action.TAKE_BACK: CITY,
    Action.KEEP: CITY,
    Action.EXTEND: CITY,
    Action.WITHDRAW: CITY,
}
FROM: dict[Action, set[str]] = {
    Action.CLAIM: {"delegated", "returned", "withdrawn"},
    Action.GRANT: {"asked"},
    Action.REFUSE: {"asked"},
    Action.EXERCISE: {"claimed"},
    Action.GIVE_BACK: {"claimed", "exercised"},
    Action.TAKE_BACK: {"returning"},
    Action.KEEP: {"returning"},
    Action.EXTEND: {"claimed", "exercised"},
    Action.WITHDRAW: {"claimed", "exercised", "returning"},
}
# Who asked does not answer.
ANSWERS = {Action.GRANT, Action.REFUSE, Action.TAKE_BACK, Action.KEEP}
# Who may know of the power at the street through the API; the public page tells everybody where it lies.
SEES = {"dispatcher", "operations", "planner", "both", "second_operations"}
INPUTS = {Action.EXTEND: {"last_day": date(2027, 1, 1)}}
_ASK, _GRANT, _BACK = (Action.CLAIM, None), (Action.GRANT, "operations"), (Action.GIVE_BACK, None)
# The way to each status; who asks (None) is told.
PATHS: dict[PowerStatus, list[tuple[Action, str | None]]] = {
    PowerStatus.DELEGATED: [],
    PowerStatus.ASKED: [_ASK],
    PowerStatus.CLAIMED: [_ASK, _GRANT],
    PowerStatus.EXERCISED: [_ASK, _GRANT, (Action.EXERCISE, "dispatcher")],
    PowerStatus.RETURNING: [_ASK, _GRANT, _BACK],
    PowerStatus.RETURNED: [_ASK, _GRANT, _BACK, (Action.TAKE_BACK, "operations")],
    PowerStatus.WITHDRAWN: [_ASK, _GRANT, (Action.WITHDRAW, "operations")],
}


def run(action: Action, command: Command):
    return HOLDING.verbs[action](command, **INPUTS.get(action, {}))


def fingerprint():
    """Everything that a refused action must leave as it was."""
    return (
        list(Holding.objects.order_by("pk").values()),
        HoldingStep.objects.count(),
        OutboxEvent.objects.count(),
        CommandKey.objects.count(),
    )


@pytest.mark.django_db
@pytest.mark.parametrize("asks", ["dispatcher", "both"])
@pytest.mark.parametrize("status", list(PowerStatus))
def test_every_action_from_every_status_by_everyone(status, asks):
    register = make_register(delegated())
    people = {name: register.town.actor(name) for name in register.town.users} | {"anonymous": ANONYMOUS}
    later = MONDAY
    for action, name in PATHS[status]:
        later += timedelta(minutes=10)
        run(action, register.by(people[name or asks], register.at(), now=later))
    holding = register.at()
    assert holding.status == status
    waits = status in {PowerStatus.ASKED, PowerStatus.RETURNING}
    before = fingerprint()
    for name, actor in people.items():
        offered = set()
        for action, expected in EXPECTED.items():
            barred = action in ANSWERS and waits and name == asks
            permitted = name in SEES and name in expected and not barred
            possible = status.value in FROM[action]
            command = register.by(actor, holding, now=later + timedelta(hours=5))
            if permitted and possible:
                offered.add(action)
                point = transaction.savepoint()
                assert run(action, command).version == holding.version + 1
                assert list(all_that_differ()) == []
                transaction.savepoint_rollback(point)
            else:
                refusal = NotFound if name not in SEES else Conflict if permitted else NotAllowed
                with pytest.raises(refusal):
                    run(action, command)
            assert fingerprint() == before, f"{name} {action}"
        if name in SEES:
            assert set(possible_steps(HOLDING, actor, holding)) == offered, name


def test_the_table_has_a_function_a_way_in_and_a_way_out_for_each_status():
    assert set(TRANSITIONS) == set(Action) == {Action.ENTER, *EXPECTED}
    assert set(HOLDING.verbs) == set(EXPECTED)
    reached = {row.to for row in TRANSITIONS.values() if row.to is not None}
    assert reached == set(PowerStatus)
    left = {source for row in TRANSITIONS.values() if row.to is not None for source in row.sources}
    assert left == set(PowerStatus)


def test_what_is_asked_refused_and_withdrawn_is_told_with_a_reason():
    without = {action for action, row in TRANSITIONS.items() if not row.needs_reason}
    assert without == {Action.ENTER, Action.GRANT, Action.EXERCISE, Action.TAKE_BACK}


class LifeOfPowers(RuleBasedStateMachine):
    """Random people try random actions at random times on two powers."""

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        # Around the test, and no use case's own.
        self.atomic._from_testcase = True
        self.atomic.__enter__()
        self.now = MONDAY

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize()
    def enter_two(self):
        self.register = make_register(delegated(), delegated(code="XY-002", class_prefix="E01"))
        town = self.register.town
        self.people = [
            town.actor(name) for name in ("dispatcher", "both", "operations", "second_operations", "checker")
        ]

    @rule(
        action=st.sampled_from(list(EXPECTED)),
        person=st.integers(0, 4),
        code=st.sampled_from(["XY-001", "XY-002"]),
        minutes=st.integers(1, 60 * 24 * 40),
        version_off=st.sampled_from([0, 0, 0, 0, -1]),
        note=st.sampled_from(["", "理由", "理由"]),
        days=st.tuples(st.integers(-3, 400), st.integers(-3, 400)),
    )
    def attempt(self, *, action, person, code, minutes, version_off, note, days):
        self.now += timedelta(minutes=minutes)
        seen = self.register.at(code)
        before = fingerprint()
        first, last = (self.now.date() + timedelta(days=ahead) for ahead in days)
        given = {Action.EXTEND: {"last_day": last}, Action.GRANT: {"first_day": first, "last_day": last}}
        command = self.register.by(
            self.people[person], seen, now=self.now, note=note, expected_version=seen.version + version_off
        )
        try:
            result = HOLDING.verbs[action](command, **given.get(action, {}))
        except (NotAllowed, NotFound, Conflict, InvalidInput):
            assert fingerprint() == before
            return
        assert (version_off, result.version) == (0, seen.version + 1)
        assert (HoldingStep.objects.count(), OutboxEvent.objects.count()) == (before[1] + 1, before[2] + 1)
        row = HoldingStep.objects.get(holding=seen, version=result.version)
        if action in ANSWERS:
            asked = HoldingStep.objects.get(holding=seen, version=seen.version)
            assert row.actor_id != asked.actor_id

    @invariant()
    def every_row_is_the_fold_of_its_history(self):
        assert list(all_that_differ()) == []

    @invariant()
    def the_chain_holds(self):
        assert list(verify()) == []


@pytest.mark.django_db(transaction=False)
def test_random_lives_of_powers():
    run_state_machine_as_test(
        LifeOfPowers,
        settings=settings(
            max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
