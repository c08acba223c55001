"""Seals, anchors and checkpoints: what the audit promises beyond one attack at one moment."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import connection

from gezhi.contexts.cases.domain.fold import FOLDED
from gezhi.contexts.cases.evidence import UNFOLDED
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.interfaces.cli.main import main
from gezhi.kernel.errors import Conflict
from gezhi.platform.access.models import Grant
from gezhi.platform.access.use_cases.end_grant import end_grant
from gezhi.platform.accounts.adapter import StaffAccountAdapter
from gezhi.platform.audit.anchors import anchor_path, keep_anchor, make_anchor
from gezhi.platform.audit.checkpoint import checkpoint_path
from gezhi.platform.audit.evidence import evidence_of, registered
from gezhi.platform.audit.found import seal_what_is_there
from gezhi.platform.audit.models import AuditRecord, ChainHead, Seal
from gezhi.platform.audit.record import record
from gezhi.platform.audit.verify import verify
from gezhi.platform.jobs.upkeep import anchor_the_record
from gezhi.platform.outbox.publish import purge
from gezhi.platform.vault.vault import erase_expired
from tests.factories.cases import MONDAY, SYSTEM, report
from tests.factories.tampering import live_a_morning, sql

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    return tmp_path


@pytest.fixture
def lived():
    return live_a_morning()


def run(*options):
    return CliRunner().invoke(main, ["audit", *options])


def verified(*options):
    return run("verify", "--no-files", *options)


def problems():
    return [finding.problem for finding in verify(leave_out=["files"])]


def test_every_column_of_a_case_is_folded_or_sealed():
    named = {*FOLDED.names, *UNFOLDED, "id", "version"}
    assert {field.attname for field in Case._meta.concrete_fields} == named


def test_the_tables_on_which_evidence_rests_are_under_seal():
    assert {evidence.kind for evidence in registered()} >= {
        "access.ApiToken",
        "access.Grant",
        "accounts.User",
        "areas.Area",
        "areas.AreaShape",
        "areas.AreaVersion",
        "cases.Case",
        "cases.CaseClass",
        "cases.ClassScheme",
        "cases.DutyRule",
        "cases.DutyTable",
        "cases.FilingCondition",
        "cases.Power",
        "escalation.EscalationRule",
        "escalation.EscalationTable",
        "files.Attachment",
        "organisations.Organisation",
        "vault.PersonalDataAccess",
        "vault.PersonalRecord",
        "workforce.Worker",
        "worktime.CalendarDay",
        "worktime.CalendarVersion",
        "worktime.OfficeHours",
    }


def test_the_program_does_not_vouch_for_what_was_changed_outside(lived):
    """A row that was tampered with stays found, also when the program writes to it afterwards."""
    sql("UPDATE access_grant SET area_id = %s WHERE id = %s", lived.town.areas["4206"].pk, lived.grant)
    end_grant(actor=SYSTEM, grant_id=lived.grant, now=MONDAY + timedelta(hours=1))
    assert problems() == ["was changed outside the program"]


def test_a_tampered_personal_record_stays_found_after_its_erasure(lived):
    sql(
        "UPDATE vault_personalrecord SET purpose = 'x' WHERE subject_id = %s",
        Case.objects.get(pk=lived.cases[0]).number,
    )
    while erase_expired(actor=SYSTEM, now=MONDAY + timedelta(days=999)):
        pass
    assert problems() == ["was changed or added outside the program"]


def test_a_cut_end_stays_found_when_the_chain_goes_on(lived):
    last = AuditRecord.objects.order_by("-seq").first()
    AuditRecord.objects.filter(seq__gte=last.seq - 1).delete()
    end = AuditRecord.objects.order_by("-seq").first()
    ChainHead.objects.filter(name="audit").update(seq=end.seq, hash=end.hash)
    for _ in range(5):
        record(actor=SYSTEM, action="x", object_type="x", object_id=1, now=MONDAY)
    assert len(problems()) == 1
    assert "seal of the chain's end is broken" in problems()[0]


def test_an_old_seal_that_somebody_kept_fits_no_other_end(lived):
    """Who read the end earlier cuts the chain to a later row: the seal that he kept is not that row's."""
    kept = ChainHead.objects.get(name=lived.chain).seal
    report(grid=0)
    aim = ChainHead.objects.get(name=lived.chain)
    report(grid=0)
    sql("DELETE FROM cases_caseevent WHERE chain = %s AND seq > %s", lived.chain, aim.seq)
    sql("DELETE FROM cases_case WHERE id = (SELECT MAX(id) FROM cases_case)")
    ChainHead.objects.filter(pk=aim.pk).update(seq=aim.seq, hash=aim.hash, seal=kept)
    assert any("under the seal of row" in problem for problem in problems())
    # Writing on does not mend it.
    report(grid=0)
    assert problems() != []


def test_a_row_that_changed_its_number_is_found(lived):
    sql("UPDATE cases_caseevent SET id = 4000000000000000000 WHERE id = (SELECT MIN(id) FROM cases_caseevent)")
    assert any("was moved" in problem for problem in problems())


def before_the_upgrade():
    """What the release before left: no seals, no register, no digests in rows."""
    Seal.objects.all().delete()
    ChainHead.objects.filter(name__in=["seals", "chains"]).delete()
    ChainHead.objects.update(seal="")
    sql("UPDATE vault_personalrecord SET mac = ''")


def test_what_is_there_at_the_upgrade_is_put_under_seal_once(lived):
    from gezhi.platform.audit.keyed import row_hash

    before_the_upgrade()
    previous = ""
    for event in CaseStep.objects.order_by("seq"):
        event.evidence, event.prev_hash = "", previous
        values = [getattr(event, name) for name in event.HASHED]
        event.hash = previous = row_hash(chain=event.chain, seq=event.seq, prev_hash=previous, values=values)
        event.save()
    ChainHead.objects.filter(name=lived.chain).update(hash=previous)
    assert problems() == ["no chain is under seal yet; run `gezhi init`"]
    # Work goes on before `gezhi init` has run.
    report(grid=0)
    founded = seal_what_is_there()
    assert founded.chains == 3
    assert founded.rows["cases.Case"] == 5
    assert founded.rows["access.Grant"] == Grant.objects.count()
    assert verified().exit_code == 0
    sql("UPDATE cases_case SET number = 'x' WHERE id = %s", lived.cases[0])
    assert verified().exit_code == 1
    assert seal_what_is_there().rows == {}
    assert verified().exit_code == 1


def test_a_city_that_was_under_seal_is_not_sealed_a_second_time(lived, home):
    before_the_upgrade()
    with pytest.raises(Conflict, match="was under seal"):
        seal_what_is_there(known_before=True)
    ChainHead.objects.filter(name="audit").update(seal="1:x:y")
    with pytest.raises(Conflict, match="was under seal"):
        seal_what_is_there()


def test_retention_and_purges_keep_the_record_whole(lived):
    later = MONDAY + timedelta(days=999)
    while erase_expired(actor=SYSTEM, now=later, batch=2):
        pass
    purge(now=later)
    assert verified().exit_code == 0


def test_a_new_password_is_the_programs_own(lived):
    user = get_user_model().objects.get(username="dispatcher")
    StaffAccountAdapter().set_password(user, "汉江两岸有人家-2026")
    assert problems() == []


@pytest.mark.parametrize(("tampered", "expected"), [(False, []), (True, ["was changed outside the program"])])
def test_a_password_that_is_kept_anew_at_the_sign_in_is_sealed_anew(lived, settings, tampered, expected):
    user = get_user_model().objects.get(username="dispatcher")
    StaffAccountAdapter().set_password(user, "汉江两岸有人家-2026")
    if tampered:
        sql("UPDATE accounts_user SET password = %s WHERE id = %s", make_password("mine-now-2026"), user.pk)
    settings.PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("PBKDF2", "MD5")]
    user.refresh_from_db()
    assert user.check_password("mine-now-2026" if tampered else "汉江两岸有人家-2026")
    user.refresh_from_db()
    assert user.password.startswith("pbkdf2_")
    assert problems() == expected


def test_default_columns_do_not_change_what_was_sealed():
    """A column that joins a table later, at its default, leaves earlier seals valid."""
    evidence = evidence_of(Grant)
    assert evidence.digest(1, ["x", *[None] * (len(evidence.columns) - 1)]) == evidence.digest(
        1, ["x", *[evidence.defaults[name] for name in evidence.columns[1:]]]
    )


# Anchors.


def test_an_anchor_lies_in_a_file_that_only_its_owner_reads(lived):
    made = run("anchor")
    assert made.exit_code == 0
    assert anchor_path().stat().st_mode & 0o777 == 0o600
    assert "chains=5 digest=" in made.output
    anchor_the_record.func()
    assert len(anchor_path().read_text().splitlines()) == 2
    outcome = verified()
    assert outcome.exit_code == 0
    assert "2 anchors" in outcome.output


def test_an_old_copy_of_the_database_is_found_by_the_anchor(lived):
    """Everything put back as it was this morning: whole in itself, and shorter than what was anchored at noon."""
    tables = (CaseStep, AuditRecord, Seal, ChainHead)
    old = {model: list(model.objects.all()) for model in tables}
    cases = list(Case.objects.values_list("pk", flat=True))
    report(grid=0)
    keep_anchor(make_anchor(now=MONDAY))
    Case.objects.exclude(pk__in=cases)
    for model in tables:
        model.objects.all().delete()
    sql("DELETE FROM cases_case WHERE NOT id IN (SELECT MIN(id) FROM cases_case) AND id > %s", max(cases))
    for model in tables:
        model.objects.bulk_create(old[model])
    anchors = anchor_path().rename(anchor_path().with_suffix(".away"))
    assert verified().exit_code == 0
    outcome = verified("--anchor", str(anchors))
    assert outcome.exit_code == 1
    assert "was anchored on 2026-03-02" in outcome.output


def test_a_forged_anchor_and_an_unreadable_file_are_told(lived, home):
    run("anchor")
    line = json.loads(anchor_path().read_text())
    line["heads"] = line["heads"][:1]
    anchor_path().write_text(json.dumps(line) + "\n")
    outcome = verified()
    assert (outcome.exit_code, "not made by this city's key" in outcome.output) == (1, True)
    assert verified("--anchor", str(home / "none")).exit_code == 2


# Checkpoints.


def test_a_resumed_run_goes_on_where_the_last_clean_one_ended(lived):
    assert verified("--resume").exit_code == 2
    assert run("verify").exit_code == 0
    report(grid=0)
    assert verified("--resume").exit_code == 0
    new = CaseStep.objects.latest("pk")
    sql("UPDATE cases_caseevent SET note = 'x' WHERE id = %s", new.pk)
    assert verified("--resume").exit_code == 0, "the clean run before has vouched for it"
    report(grid=0)
    newer = CaseStep.objects.latest("pk")
    sql("UPDATE cases_caseevent SET note = 'x' WHERE id = %s", newer.pk)
    resumed = verified("--resume")
    assert resumed.exit_code == 1
    assert f"row id {newer.pk} " in resumed.output
    assert verified().exit_code == 1


def test_a_tampered_checkpoint_is_refused(lived):
    assert run("verify").exit_code == 0
    kept = json.loads(checkpoint_path().read_text())
    kept["last_steps"]["case"] += 1
    checkpoint_path().write_text(json.dumps(kept))
    outcome = verified("--resume")
    assert (outcome.exit_code, "was changed" in outcome.output) == (2, True)
    checkpoint_path().write_text("{")
    assert verified("--resume").exit_code == 2


def test_a_run_that_found_something_leaves_no_checkpoint(lived):
    sql("UPDATE cases_caseevent SET note = 'x' WHERE case_id = %s", lived.cases[0])
    assert run("verify").exit_code == 1
    assert not checkpoint_path().exists()


def test_no_query_per_row(lived, django_assert_max_num_queries):
    # Four for each table under seal that is empty, five for others, three for a chained one. PostgreSQL is asked for three more
    # things that could stand before a table.
    with django_assert_max_num_queries(148 if connection.vendor == "sqlite" else 151):
        assert list(verify(leave_out=["files"])) == []
    assert connection.queries_log is not None


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE cases_caseevent SET changes = '[1]' WHERE seq = 2", "was changed outside the program"),
        ("UPDATE cases_caseevent SET at = '2026-99-99 00:00:00' WHERE seq = 2", "cannot be read"),
        ("UPDATE cases_case SET reported_at = '2026-99-99 00:00:00'", "cannot be read"),
        ("UPDATE access_grant SET valid_from = '2026-99-99 00:00:00' WHERE valid_to IS NULL", "cannot be read"),
        ("UPDATE audit_seal SET key = 'x' WHERE seq = 9", "was changed outside the program"),
        ("UPDATE audit_chainhead SET seal = '²:x:y'", "seal of the chain's end is broken"),
    ],
)
def test_nonsense_in_a_column_is_a_finding_and_no_fault(lived, statement, words):
    if connection.vendor == "postgresql" and "99-99" in statement:
        pytest.skip("PostgreSQL takes no such value")
    sql(statement)
    outcome = verified()
    assert isinstance(outcome.exception, SystemExit)
    assert (outcome.exit_code, words in outcome.output) == (1, True), outcome.output
