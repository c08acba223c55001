"""The audit on a city that has lived: every column of every table under seal tampered with, verification while others
write, and many writers of the same chains. Each trial prints one line with its figures."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db import DataError, IntegrityError, connection, models, transaction

from gezhi.contexts.cases.domain.photos import Stage
from gezhi.contexts.cases.use_cases import Command, Contact, dispatch_case
from gezhi.contexts.cases.use_cases.attach_photo import attach_photo
from gezhi.contexts.cases.use_cases.erase_reporter import erase_reporter
from gezhi.contexts.cases.use_cases.read_reporter import read_reporter
from gezhi.interfaces.cli.main import main
from gezhi.kernel.roles import Role
from gezhi.platform.access.use_cases.end_grant import end_grant
from gezhi.platform.access.use_cases.grant_role import grant_role
from gezhi.platform.audit.chain import CHAINED, append
from gezhi.platform.audit.evidence import registered
from gezhi.platform.audit.found import seal_what_is_there
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.audit.one_state import one_state
from gezhi.platform.audit.record import record
from gezhi.platform.audit.verify import count_rows, verify
from gezhi.platform.steps.consistency import all_that_differ
from tests.factories.cases import MONDAY, SYSTEM, make_town, report
from tests.factories.tampering import picture

LASTS = 30.0


def in_threads(workers, *, until):
    """Run each function over and over in a thread of its own until the moment; raises what one of them raised."""
    failures = []

    def work(act):
        try:
            while time.monotonic() < until:
                act()
        except BaseException as error:  # noqa: BLE001  (asserted by the caller)
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(act,)) for act in workers]
    for thread in threads:
        thread.start()
    return threads, failures


def found():
    with one_state():
        return [*verify(leave_out=["files"]), *all_that_differ()]


@pytest.mark.django_db(transaction=True)
def test_verification_finds_nothing_while_the_city_works(capsys):
    town = make_town()
    numbers, minutes, lock = count(), count(), threading.Lock()

    def report_and_dispatch():
        made = report(grid=next(numbers) % 4, contact=Contact(name="王芳", phone="13800000000"))
        dispatcher = town.actor("dispatcher")
        body = town.bodies["sanitation"].pk
        dispatch_case(Command(actor=dispatcher, number=made.number, now=MONDAY), organisation_id=body)
        read_reporter(actor=dispatcher, number=made.number, reason="回访", now=MONDAY)
        erase_reporter(actor=SYSTEM, code=made.follow_code, now=MONDAY)

    def photograph():
        number = report(grid=next(numbers) % 4).number
        attach_photo(
            asker="a phone",
            actor=town.actor("operations"),
            number=number,
            raw=picture(),
            stage=Stage.BEFORE,
            now=MONDAY,
        )

    def grant_and_end():
        with lock:
            # A role that is held to its end later is held already: each is granted once the one before has ended.
            begins, ends = (MONDAY + timedelta(minutes=next(minutes)) for _ in range(2))
            made = grant_role(
                actor=SYSTEM,
                user_id=town.users["resident"].pk,
                role=Role.CHECKER,
                area_id=town.areas["420602001"].pk,
                now=begins,
            )
            end_grant(actor=SYSTEM, grant_id=made.pk, now=ends)

    before, runs, findings = count_rows(), 0, []
    until = time.monotonic() + LASTS
    threads, failures = in_threads([report_and_dispatch, report_and_dispatch, photograph, grant_and_end], until=until)
    while time.monotonic() < until:
        findings += found()
        runs += 1
    for thread in threads:
        thread.join()
    written = count_rows() - before
    with capsys.disabled():
        print(
            f"\nverify under writers ({connection.vendor}): {runs} runs, {written} rows written, {len(findings)} findings"
        )
    assert failures == []
    assert findings == []
    assert found() == []
    assert runs > 5
    assert written > 100


@pytest.mark.django_db(transaction=True)
def test_many_writers_of_the_same_and_of_new_chains(capsys):
    make_town()
    numbers = count()

    def write():
        number = next(numbers)
        with transaction.atomic():
            row = {"at": MONDAY, "actor_id": None, "actor_label": "x", "action": "x", "object_type": "x", "data": {}}
            append(f"new:{number // 4}", AuditRecord, [{**row, "object_id": str(number)}])
        with transaction.atomic():
            record(actor=SYSTEM, action="x", object_type="x", object_id=number, now=MONDAY)

    until = time.monotonic() + LASTS / 3
    threads, failures = in_threads([write] * 8, until=until)
    for thread in threads:
        thread.join()
    total = next(numbers)
    with capsys.disabled():
        print(f"\nchain appends ({connection.vendor}): {2 * total} by 8 writers, {6 * total / LASTS:.0f} a second")
    assert failures == []
    assert total > 100
    assert [finding.problem for finding in verify(leave_out=["files"])] == []


# A point as WKB: a border must stay readable, or nothing of the program starts.
_POINT = bytes.fromhex("0101000000000000000000005c4000000000000040400000")[:21]
# By the kind of column, first match: another value than the one that is there (None: any).
_OTHER = (
    (models.BooleanField, lambda value: not value),
    (models.DateField, lambda value: (value or MONDAY) + timedelta(days=1)),
    (models.TimeField, lambda value: value.replace(minute=(value.minute + 1) % 60)),
    (models.UUIDField, lambda value: uuid4()),
    (models.JSONField, lambda value: {"x": 1}),
    (models.BinaryField, lambda value: _POINT),
    (models.CharField, lambda value: f"{'y' if (value or '').startswith('x') else 'x'}{(value or '')[1:]}"),
    (models.TextField, lambda value: f"{value}x"),
    (models.Field, lambda value: (value or 0) + 1),
)


def other(field, value):
    """Another value that the column may hold."""
    return next(make(value) for kind, make in _OTHER if isinstance(field, kind))


def attacks(model, columns):
    """What is done to one table: every column of a row changed, a row taken away, a row put in."""
    rows = model._base_manager
    middle = rows.order_by("pk")[rows.count() // 2]
    for name in columns:
        value = other(model._meta.get_field(name), getattr(middle, name))
        yield name, lambda name=name, value=value: rows.filter(pk=middle.pk).update(**{name: value})
    yield "row deleted", lambda: rows.filter(pk=middle.pk)._raw_delete("default")
    names = [column.attname for column in model._meta.concrete_fields if not column.primary_key]

    def put_in():
        copy = model(**{name: getattr(middle, name) for name in names})
        for unique in ("code", "digest", "username", "number", "follow_digest", "path", "external_id"):
            if unique in names and getattr(middle, unique):
                setattr(copy, unique, other(model._meta.get_field(unique), getattr(middle, unique)))
        model._base_manager.bulk_create([copy])

    yield "row put in", put_in


@pytest.mark.django_db(transaction=True)
def test_every_column_of_every_table_of_a_demo_city(capsys, settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    made = CliRunner().invoke(main, ["demo", "city", "--scale", "0.01", "--seed", "7"])
    assert made.exit_code == 0, made.output
    seal_what_is_there()
    assert found() == []
    tables = {evidence.model: evidence.columns for evidence in registered()}
    for model in CHAINED:
        tables[model] = tuple(field.attname for field in model._meta.concrete_fields if not field.primary_key)
    tables[apps.get_model("cases", "Case")] = tuple(
        field.attname for field in apps.get_model("cases", "Case")._meta.concrete_fields if not field.primary_key
    )
    seen, refused, unseen, empty = 0, 0, [], []
    start = time.monotonic()
    for model, columns in tables.items():
        if not model._base_manager.exists():
            empty.append(model._meta.label)
            continue
        for name, attack in attacks(model, columns):
            try:
                with transaction.atomic():
                    with connection.cursor() as cursor:
                        if connection.vendor == "postgresql":
                            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
                    attack()
                    if found():
                        seen += 1
                    else:
                        unseen.append(f"{model._meta.label}.{name}")
                    transaction.set_rollback(True)
            except (IntegrityError, DataError):
                refused += 1
    with capsys.disabled():
        print(
            f"\ntampering with a demo city ({connection.vendor}): {count_rows()} chained rows, {seen} attacks seen,"
            f" {refused} refused by the database, {len(unseen)} unseen in {time.monotonic() - start:.0f} s;"
            f" tables without rows: {', '.join(empty) or 'none'}"
        )
    assert unseen == []
    assert seen > 150
