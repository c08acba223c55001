"""Twenty threads hammer two thousand cases with right and wrong commands; half of those that succeed are killed and sent again."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction

from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.use_cases import CASE, Command, call_in, merge_case
from gezhi.kernel.errors import GezhiError
from gezhi.platform.access.actor import system_actor
from gezhi.platform.audit.verify import verify
from gezhi.platform.busy import is_busy
from gezhi.platform.commands.models import CommandKey
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.steps.consistency import all_that_differ
from gezhi.platform.steps.policy import possible_steps
from tests.factories.case_life import ALONG, run
from tests.factories.cases import MONDAY, make_town, report

THREADS, CASES, LASTS = 20, 2_000, 60.0
ACTIONS = [action for action in Action if action is not Action.REPORT and action not in ALONG]


class Killed(Exception):
    """The process died before its transaction was through."""


class Hammer:
    """What the threads share: the cases, the people, the clock, and what was answered."""

    def __init__(self):
        self.town = make_town()
        self.town.users["clerk"] = self.town.users["other_officer"]
        self.numbers = [report(grid=turn % 4, now=MONDAY).number for turn in range(CASES)]
        self.people = [self.town.actor(name) for name in self.town.users if name != "clerk"]
        self.people.append(system_actor("hammer"))
        self.seconds = count(1)
        self.lock, self.answers, self.tally, self.failures = threading.Lock(), {}, Counter(), []

    def work(self, seed, until):
        chance = random.Random(seed)  # noqa: S311 - no secret
        try:
            while time.monotonic() < until:
                self.once(chance)
        except BaseException as error:  # noqa: BLE001  (asserted at the end)
            self.failures.append(error)
        finally:
            connection.close()

    def once(self, chance):
        number, actor = chance.choice(self.numbers), chance.choice(self.people)
        action = chance.choice(ACTIONS)
        # Half of the attempts are right: else few would get beyond their first refusal.
        if chance.random() < 0.5:
            known = possible_steps(CASE, actor, Case.objects.get(number=number))
            action = chance.choice([one for one in known if one not in ALONG] or [action])
        key = str(uuid4())
        moment = MONDAY + timedelta(seconds=30 * next(self.seconds))
        command = Command(actor=actor, number=number, now=moment, key=key, note=chance.choice(["", "理由", "理由"]))
        into = chance.choice(self.numbers)

        def send():
            # What is asked must be the same when it is asked again.
            if action is Action.MERGE:
                return merge_case(command, into=into)
            if action is Action.CALL:
                return call_in(command, organisation_id=self.town.bodies["housing"].pk)
            return run(action, command, self.town, "worker")

        killed = chance.random() < 0.5
        try:
            if killed:
                self.killed(send)
            answer = send()
        except GezhiError as error:
            self.count(f"refused {type(error).__name__}")
            return
        except OperationalError as error:
            if not is_busy(error):
                raise
            self.count("busy")
            return
        # The answer was lost on the way: the same is asked again.
        again = self.patiently(send)
        assert again == answer, (action, again, answer)
        with self.lock:
            self.answers[key] = (number, answer.version, action.value)
            self.tally["taken, killed before" if killed else "taken"] += 1

    def killed(self, send):
        """Send it, and die before the transaction is through."""

        def die():
            with transaction.atomic():
                send()
                raise Killed

        with pytest.raises(Killed):
            die()

    def patiently(self, send):
        while True:
            try:
                return send()
            except OperationalError as error:
                if not is_busy(error):
                    raise

    def count(self, what):
        with self.lock:
            self.tally[what] += 1


@pytest.mark.django_db(transaction=True)
def test_twenty_threads_of_commands_lose_and_double_nothing():
    hammer = Hammer()
    until = time.monotonic() + LASTS
    threads = [threading.Thread(target=hammer.work, args=(seed, until)) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hammer.failures == []
    print(f"\n{connection.vendor}: {CASES} cases, {THREADS} threads, {LASTS:.0f} s: {dict(hammer.tally)}")
    assert list(all_that_differ()) == []
    assert list(verify(leave_out=["files"])) == []
    # Each answer is one step, and each step that is no report and went along with none was answered.
    steps = set(
        CaseStep.objects.filter(case__number__in=hammer.numbers).values_list("case__number", "version", "action")
    )
    given_back = {
        step for step in steps if step[2] == Action.DISPATCH and (step[0], step[1] - 1, Action.UNMERGE.value) in steps
    }
    # A report that stands by itself again goes back to whoever had it: the answer names the last of the two steps.
    answered = {
        (number, version, Action.DISPATCH.value)
        if action == Action.UNMERGE and (number, version, Action.DISPATCH.value) in given_back
        else (number, version, action)
        for number, version, action in hammer.answers.values()
    }
    assert answered <= steps
    assert len(answered) == len(hammer.answers)
    taken_along = {action.value for action in ALONG} | {Action.REPORT.value, Action.UNMERGE.value, Action.REMIND.value}
    unanswered = Counter(action for _number, _version, action in steps - answered - given_back)
    assert set(unanswered) <= taken_along
    assert unanswered[Action.REPORT.value] == CASES
    assert OutboxEvent.objects.count() == CaseStep.objects.count()
    assert CommandKey.objects.count() == len(hammer.answers)
    for case in Case.objects.all():
        assert case.joined_count == Case.objects.filter(merged_into=case).count(), case.number
        ended = Case.objects.filter(parent=case, status__in=["closed", "cancelled"]).count()
        assert case.open_parts == case.part_count - ended, case.number
    assert set(Case.objects.values_list("status", flat=True)) <= {row.to for row in TRANSITIONS.values() if row.to}
    assert hammer.tally["taken"] > THREADS
    assert hammer.tally["taken, killed before"] > THREADS
