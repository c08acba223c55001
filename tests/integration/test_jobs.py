"""Periodic jobs are queued when they are due, and the upkeep does what it says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gezhi.kernel import clock
from gezhi.platform.commands.models import CommandKey
from gezhi.platform.jobs.models import ScheduledJob
from gezhi.platform.jobs.periodic import PERIODIC, tick
from gezhi.platform.jobs.upkeep import erase_expired_personal_data, forget_commands, purge_outbox
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.outbox.publish import publish
from gezhi.platform.vault.models import PersonalDataAccess, PersonalRecord
from gezhi.platform.vault.vault import keep
from tests.factories.cases import MONDAY

pytestmark = pytest.mark.django_db


def test_a_job_is_queued_once_per_interval():
    names = {name for name, _job in PERIODIC.items()}
    # It is ten in the morning: what is for the night waits for the night.
    by_night = {name for name, job in PERIODIC.items() if job.at is not None}
    each_minute = [
        "cases.put_tables_in_force",
        "escalation.put_in_force",
        "escalation.watch",
        "places.refresh",
        "retention.put_in_force",
        "telling.tell",
    ]
    assert set(tick(now=MONDAY)) == names - by_night
    assert by_night == {"cases.learn_guess"}
    assert tick(now=MONDAY + timedelta(seconds=59)) == []
    assert sorted(tick(now=MONDAY + timedelta(minutes=9))) == sorted(["ground.cut_ahead", *each_minute])
    assert sorted(tick(now=MONDAY + timedelta(minutes=59))) == sorted(
        ["files.sweep_held", "ground.cut_ahead", "presence.forget", *each_minute]
    )
    hourly = {
        "openfigures.count",
        "organisations.end_due",
        "outbox.purge",
        "powers.enter_powers",
        "vault.erase_expired",
        "vault.numbers",
        "work.forget",
    }
    assert set(tick(now=MONDAY + timedelta(minutes=60))) == hourly | set(each_minute)
    # After three days without a worker each job runs once, not seventy-two times.
    assert set(tick(now=MONDAY + timedelta(days=3))) == names
    assert tick(now=MONDAY + timedelta(days=3)) == []
    assert ScheduledJob.objects.count() == len(names)


def test_retention_erases_what_is_over_and_logs_it():
    for days in (-1, 1):
        keep(
            data={"name": "王小明"},
            purpose="case_handling",
            subject_type="case",
            subject_id=days,
            expires_at=clock.now() + timedelta(days=days),
            now=clock.now() - timedelta(days=2),
        )
    assert erase_expired_personal_data.call() == 1
    gone = PersonalRecord.objects.get(subject_id="-1")
    assert gone.sealed is None
    assert PersonalRecord.objects.get(subject_id="1").sealed is not None
    assert list(PersonalDataAccess.objects.values_list("record_id", "action")) == [(gone.id, "erase")]


def test_old_events_go():
    for days in (9, 8, 1):
        publish(type="case.noted", subject=days, district_id=None, payload={}, now=clock.now() - timedelta(days=days))
    assert purge_outbox.call() == 2
    assert OutboxEvent.objects.get().subject == "1"


def test_old_command_keys_are_forgotten():
    for days in (15, 1):
        CommandKey.objects.create(
            scope="user:1",
            key=f"key-{days:05}",
            fingerprint="",
            result={},
            created_at=clock.now() - timedelta(days=days),
        )
    assert forget_commands.call() == 1
