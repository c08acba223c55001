"""Runs of background work: each state, who may, two workers, a stop in the middle, a worker that died, expiry."""

from __future__ import annotations

import errno
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from gezhi.kernel import clock
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooMany
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import phrase
from gezhi.platform.access.actor import ANONYMOUS
from gezhi.platform.access.use_cases.end_grant import end_grant
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.files.documents import document_path, sweep_documents
from gezhi.platform.files.models import Document
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.outbox.publish import publish
from gezhi.platform.steps.inputs import asked_as
from gezhi.platform.work import kinds, progress
from gezhi.platform.work.carry_out import MOST_ATTEMPTS, carry_out, recover, take_next
from gezhi.platform.work.kinds import Result, ResultFile, WorkKind
from gezhi.platform.work.models import WorkRun, WorkState
from gezhi.platform.work.queries import files_of, find_run, runs
from gezhi.platform.work.upkeep import forget_runs, sweep_folders
from gezhi.platform.work.use_cases.fetch_file import fetch_file
from gezhi.platform.work.use_cases.start_work import WAITING_OF_ONE, start_work
from gezhi.platform.work.use_cases.stop_work import stop_work
from tests.factories.cases import SYSTEM, make_town

# The beat has a connection of its own.
pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True, slots=True)
class Counting:
    upto: int = field(metadata=asked_as(phrase("Cases")))
    how: str = "well"


@dataclass(frozen=True, slots=True)
class Counted:
    count: int


HELD = threading.Event()


def count(given: Counting, at: progress.Progress) -> Result:
    """Counts in a transaction, writing an event for each, and files what it counted."""
    path = at.folder / "counted.txt"
    path.write_text("beginning", "utf-8")
    with transaction.atomic():
        for number in range(given.upto):
            publish(type="test.counted", subject=number, district_id=None, payload={}, now=at.now)
            at.report(number + 1, total=given.upto, words=phrase("Cases"))
        if given.how == "badly":
            raise ValueError("the sum is wrong")
        if given.how == "full":
            raise OSError(errno.ENOSPC, "no space left")
        if given.how == "refused":
            raise InvalidInput("unknown_area", "there is no area 7")
    until = time.monotonic() + 20
    while given.how == "for ever" and time.monotonic() < until:
        HELD.set()
        at.report(given.upto)
        time.sleep(0.01)
    path.write_text(str(given.upto), "utf-8")
    return Result(
        Counted(given.upto), (ResultFile(path, "counted.txt", "text/plain", personal=given.how == "personal"),)
    )


def check(_actor, given):
    if given.upto < 0:
        raise InvalidInput("bad_number", "a count is not negative", field="upto")


KIND = WorkKind(
    name="count_things",
    title=phrase("Cases"),
    about=phrase("Cases"),
    roles=frozenset({Role.STREET_DISPATCHER}),
    given=Counting,
    result=Counted,
    run=count,
    check=check,
)


@pytest.fixture(autouse=True)
def _kind(monkeypatch, settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    HELD.clear()
    monkeypatch.setattr(progress, "LOOK_EVERY", 0.02)
    monkeypatch.setitem(kinds.WORK_KINDS._things, KIND.name, KIND)
    from gezhi.platform.access.territory import register_verbs

    register_verbs({KIND.name: KIND.roles})


@pytest.fixture
def town():
    return make_town()


def ask(town, who="dispatcher", *, upto=3, how="well", **more):
    given = {"upto": upto, "how": how}
    return start_work(actor=town.actor(who), name=KIND.name, given=given, now=clock.now(), **more).id


def work_one():
    run = take_next(worker="here:1", now=clock.now())
    carry_out(run)
    return WorkRun.objects.get(pk=run.pk)


def actions(run_id):
    found = AuditRecord.objects.filter(object_type="work", object_id=run_id.hex).order_by("seq")
    return list(found.values_list("action", flat=True))


def left_behind(home):
    return [path for part in ("work", "documents") for path in (home / part).rglob("*") if path.is_file()]


def test_a_run_waits_runs_and_is_done_with_its_file(town):
    run_id = ask(town, language="en")
    assert WorkRun.objects.get().state == WorkState.QUEUED
    run = work_one()
    assert (run.pk, run.state, run.result, run.attempt) == (run_id, WorkState.DONE, {"count": 3}, 1)
    (document,) = files_of(town.actor("dispatcher"), run, now=clock.now())
    assert document_path(document.pk).read_text("utf-8") == "3"
    assert document.expires_at > clock.now() + timedelta(days=6)
    fetched = fetch_file(actor=town.actor("dispatcher"), run_id=run_id, document_id=document.pk, now=clock.now())
    assert (fetched.path.read_text("utf-8"), fetched.name) == ("3", "counted.txt")
    assert actions(run_id) == ["work.started", "work.done", "work.file_fetched"]


def test_what_is_personal_is_kept_for_a_day(town):
    ask(town, how="personal")
    work_one()
    document = Document.objects.get()
    assert document.personal
    assert document.expires_at < clock.now() + timedelta(days=1, minutes=1)


def test_progress_is_seen_from_outside_while_it_runs_and_a_stop_leaves_nothing(town, tmp_path):
    run_id = ask(town, how="for ever", upto=5)
    worker = threading.Thread(target=lambda: (work_one(), connection.close()))
    worker.start()
    assert HELD.wait(10)
    until = time.monotonic() + 10
    while (run := WorkRun.objects.get(pk=run_id)).done < 5 and time.monotonic() < until:
        time.sleep(0.02)
    assert (run.state, run.done, run.total, run.words) == (WorkState.RUNNING, 5, 5, "Cases")
    stop_work(actor=town.actor("dispatcher"), run_id=run_id, now=clock.now())
    stop_work(actor=town.actor("dispatcher"), run_id=run_id, now=clock.now())
    worker.join(10)
    run.refresh_from_db()
    assert run.state == WorkState.STOPPED
    assert left_behind(tmp_path) == []
    assert actions(run_id) == ["work.started", "work.stop_asked", "work.stopped"]
    with pytest.raises(Conflict, match="over"):
        stop_work(actor=town.actor("dispatcher"), run_id=run_id, now=clock.now())


def test_a_stop_inside_a_transaction_takes_it_back(town, monkeypatch):
    told = progress.Progress.report

    def stopped_at_two(self, done, **more):
        if done == 2:
            self.stop = progress.Why.ASKED
        told(self, done, **more)

    monkeypatch.setattr(progress.Progress, "report", stopped_at_two)
    ask(town)
    assert work_one().state == WorkState.STOPPED
    assert not OutboxEvent.objects.filter(type="test.counted").exists()


def test_a_run_that_waits_is_stopped_at_once(town):
    run_id = ask(town)
    assert stop_work(actor=town.actor("dispatcher"), run_id=run_id, now=clock.now()).state == WorkState.STOPPED
    assert take_next(worker="here:1", now=clock.now()) is None
    assert actions(run_id) == ["work.started", "work.stopped"]


def test_a_failure_is_told_and_what_nobody_can_mend_stands_in_the_log(town, tmp_path):
    ask(town, how="refused")
    run = work_one()
    assert (run.state, run.failure_code, run.failure_words) == ("failed", "unknown_area", "there is no area 7")
    assert run.failure_id == ""
    ask(town, how="full")
    assert work_one().failure_code == "disk_full"
    ask(town, how="badly")
    run = work_one()
    assert (run.state, run.failure_code, len(run.failure_id)) == ("failed", "work_failed", 8)
    assert not OutboxEvent.objects.filter(type="test.counted").exists()
    assert left_behind(tmp_path) == []


def test_two_workers_never_take_one_run(town):
    for _ in range(3):
        ask(town)
    taken, gate = [], threading.Barrier(4)

    def work():
        gate.wait()
        while run := take_next(worker="w", now=clock.now()):
            taken.append(run.pk)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    # Who finds another quicker stops looking here; what is left waits for the next look.
    while run := take_next(worker="w", now=clock.now()):
        taken.append(run.pk)
    assert len(taken) == len(set(taken)) == 3


def test_who_has_lost_a_run_writes_nothing_more(town):
    ask(town)
    run = take_next(worker="slow", now=clock.now())
    WorkRun.objects.update(attempt=2, worker="quick")
    carry_out(run)
    run.refresh_from_db()
    assert (run.state, run.worker, run.result) == (WorkState.RUNNING, "quick", {})
    assert not Document.objects.exists()


@pytest.mark.parametrize("repeatable", [True, False])
def test_a_run_whose_worker_died_is_found(town, monkeypatch, repeatable):
    monkeypatch.setitem(kinds.WORK_KINDS._things, KIND.name, replace(KIND, repeatable=repeatable))
    run_id = ask(town)
    run = take_next(worker="gone:1", now=clock.now())
    assert recover(now=clock.now()) == 0
    silent = clock.now() - timedelta(minutes=5)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        WorkRun.objects.filter(pk=run.pk).update(beat_at=silent)
        assert recover(now=clock.now()) == 1
        run.refresh_from_db()
        if not repeatable or attempt == MOST_ATTEMPTS:
            break
        assert run.state == WorkState.QUEUED
        assert take_next(worker="here:2", now=clock.now()).attempt == attempt + 1
    assert (run.state, run.failure_code) == (WorkState.FAILED, "work_abandoned")
    assert actions(run_id) == ["work.started", "work.failed"]


def test_a_worker_that_is_told_to_end_hands_its_run_back(town, monkeypatch):
    monkeypatch.setitem(kinds.WORK_KINDS._things, KIND.name, replace(KIND, repeatable=True))
    ask(town, how="for ever")
    carry_out(take_next(worker="here:1", now=clock.now()), ending=lambda: True)
    assert WorkRun.objects.get().state == WorkState.QUEUED
    monkeypatch.setitem(kinds.WORK_KINDS._things, KIND.name, KIND)
    carry_out(take_next(worker="here:1", now=clock.now()), ending=lambda: True)
    assert WorkRun.objects.get().failure_code == "work_interrupted"


def test_who_may_not_is_refused_and_nothing_is_queued(town):
    second = town.areas["420602001002"].pk
    for who in ("worker", "officer", "system_admin", "audit_admin", "resident"):
        with pytest.raises(NotAllowed):
            ask(town, who)
    with pytest.raises(NotAllowed):
        start_work(actor=ANONYMOUS, name=KIND.name, given={"upto": 1}, now=clock.now())
    with pytest.raises(NotAllowed):
        # A dispatcher of another community.
        ask(town, "far_dispatcher", area_id=town.areas["420602001001"].pk)
    with pytest.raises(NotFound):
        start_work(actor=SYSTEM, name="no_such", given={}, now=clock.now())
    assert not WorkRun.objects.exists()
    assert WorkRun.objects.get(pk=ask(town, "far_dispatcher")).area_id == second


def test_an_input_is_checked_before_it_is_queued(town):
    actor, now = town.actor("dispatcher"), clock.now()
    for given, code in (({}, "field_missing"), ({"upto": 1, "x": 2}, "field_not_read"), ({"upto": -1}, "bad_number")):
        with pytest.raises(InvalidInput) as refused:
            start_work(actor=actor, name=KIND.name, given=given, now=now)
        assert refused.value.code == code
    assert not WorkRun.objects.exists()


def test_runs_are_seen_by_their_starter_and_by_administrators_of_the_place(town):
    run_id = ask(town)
    run = work_one()
    document = Document.objects.get()
    assert [found.pk for found in runs(town.actor("system_admin"))] == [run_id]
    for who in ("far_dispatcher", "operations", "security_admin", "worker"):
        assert runs(town.actor(who)) == []
        with pytest.raises(NotFound):
            find_run(town.actor(who), run_id)
        with pytest.raises(NotFound):
            fetch_file(actor=town.actor(who), run_id=run_id, document_id=document.pk, now=clock.now())
    assert runs(ANONYMOUS) == []
    # An administrator sees that it ran, and none of what it found.
    admin = town.actor("system_admin")
    assert files_of(admin, run, now=clock.now()) == []
    with pytest.raises(NotFound):
        fetch_file(actor=admin, run_id=run_id, document_id=document.pk, now=clock.now())


def test_an_administrator_of_the_place_may_stop_a_run(town):
    run_id = ask(town)
    with pytest.raises(NotFound):
        stop_work(actor=town.actor("far_dispatcher"), run_id=run_id, now=clock.now())
    stop_work(actor=town.actor("system_admin"), run_id=run_id, now=clock.now())
    assert WorkRun.objects.get().state == WorkState.STOPPED


def test_rights_count_again_when_the_run_begins_and_when_its_file_is_fetched(town):
    run_id = ask(town)
    work_one()
    document = Document.objects.get()
    ask(town)
    grant = town.users["dispatcher"].grants.get()
    end_grant(actor=SYSTEM, grant_id=grant.pk, now=clock.now())
    assert work_one().failure_code == "not_allowed"
    actor = town.actor("dispatcher", now=clock.now())
    with pytest.raises(NotAllowed):
        fetch_file(actor=actor, run_id=run_id, document_id=document.pk, now=clock.now())


def test_nobody_has_more_than_a_few_waiting(town):
    for _ in range(WAITING_OF_ONE):
        ask(town)
    with pytest.raises(TooMany):
        ask(town)
    ask(town, "far_dispatcher")
    work_one()
    ask(town)


def test_a_request_that_comes_twice_starts_one_run(town):
    key = str(uuid4())
    assert ask(town, key=key) == ask(town, key=key)
    assert WorkRun.objects.count() == 1
    with pytest.raises(Conflict):
        ask(town, key=key, upto=4)


def test_files_go_first_and_runs_after_thirty_days(town, tmp_path):
    run_id = ask(town)
    work_one()
    document = Document.objects.get()
    Document.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    with pytest.raises(NotFound):
        fetch_file(actor=town.actor("dispatcher"), run_id=run_id, document_id=document.pk, now=clock.now())
    assert forget_runs.call() == 0
    assert not document_path(document.pk).exists()
    assert not Document.objects.exists()
    WorkRun.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert forget_runs.call() == 1


def test_a_file_without_a_row_is_swept_after_a_day(town, tmp_path):
    ask(town)
    work_one()
    document = Document.objects.get()
    orphan = tmp_path / "documents" / "aa" / ("0" * 30 + "aa")
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_text("x", "utf-8")
    assert sweep_documents(now=clock.now()) == 0
    assert sweep_documents(now=clock.now() + timedelta(days=2)) == 1
    assert not orphan.exists()
    assert document_path(document.pk).exists()


def test_what_a_killed_worker_had_in_hand_goes_after_a_day(town, tmp_path):
    ask(town)
    run = take_next(worker="here:1", now=clock.now())
    gone, in_hand = tmp_path / "work" / f"{uuid4().hex}-1", tmp_path / "work" / f"{run.pk.hex}-1"
    for folder in (gone, in_hand):
        folder.mkdir(parents=True)
    assert sweep_folders(now=clock.now()) == 0
    assert sweep_folders(now=clock.now() + timedelta(days=2)) == 1
    assert (gone.exists(), in_hand.exists()) == (False, True)
