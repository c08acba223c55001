"""What somebody is told by rule: the bell, the list, taking note, the words in the history, the rules in words."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pytest
import time_machine
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import Command, dispatch_case
from gezhi.contexts.escalation.domain.rules import RuleRow
from gezhi.contexts.escalation.models import EscalationTable
from gezhi.contexts.escalation.queries import escalation_rows_of
from gezhi.contexts.escalation.use_cases.install_escalation import install_shipped_rules, shipped_rules
from gezhi.interfaces.cli.main import main
from gezhi.kernel import clock
from gezhi.platform.notices.models import Notice
from gezhi.platform.notices.upkeep import forget_notices
from gezhi.platform.work.models import WorkState
from tests.factories.cases import MONDAY, SYSTEM, make_town, report
from tests.factories.clients import signed_in
from tests.factories.escalation import install, watch
from tests.factories.work import files_of, work_one

pytestmark = pytest.mark.django_db
AT_END = RuleRow("dispatch", "0", "dispatchers", "attention")
NEW = "/staff/work/new/"


@pytest.fixture
def town(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    return make_town()


@pytest.fixture
def overdue(town):
    """A case whose dispatch is overdue, of which its dispatcher was told."""
    install(AT_END)
    made = report()
    due = Case.objects.get(number=made.number).due_at
    watch(due)
    with time_machine.travel(due + timedelta(minutes=5), tick=False):
        yield made.number


def page(client, address: str, language: str = "en") -> str:
    client.cookies["django_language"] = language
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_bell_counts_what_waits(town, overdue):
    client = signed_in(town, "dispatcher")
    assert 'aria-label="1 new notice"' in page(client, "/hub")
    assert 'aria-label="1 条新提醒"' in page(client, "/hub", "zh-hans")
    assert "bell-count" not in page(signed_in(town, "worker"), "/worker")
    assert 'class="bell"' not in page(signed_in(town, None), "/")


def test_the_list_says_why_and_leads_to_the_case(town, overdue):
    client = signed_in(town, "dispatcher")
    told = page(client, "/notices")
    assert "The time for dispatch is up; it was due 2 March 2026 12:00" in told
    assert f'href="/hub/cases/{overdue}"' in told
    assert "派遣已到期，截止时间为 2026年3月2日 12:00" in page(client, "/notices", "zh-hans")


def test_taking_note_of_one_and_of_all(town, overdue):
    client = signed_in(town, "dispatcher")
    other = report(grid=1, now=MONDAY)
    watch(Case.objects.get(number=other.number).due_at)
    first = Notice.objects.order_by("pk").first()
    assert client.post("/notices/read", {"notice": str(first.pk)})["Location"] == "/notices"
    assert Notice.objects.filter(read_at__isnull=True).count() == 1
    assert overdue not in page(client, "/notices")
    assert "taken note of" in page(client, "/notices?show=all")
    client.post("/notices/read", {"notice": "x"})
    assert Notice.objects.filter(read_at__isnull=True).count() == 1
    client.post("/notices/read", {})
    assert not Notice.objects.filter(read_at__isnull=True).exists()
    assert "Nothing waits for you" in page(client, "/notices")


def test_nobody_takes_note_for_another(town, overdue):
    notice = Notice.objects.get()
    signed_in(town, "officer").post("/notices/read", {"notice": str(notice.pk)})
    signed_in(town, "officer").post("/notices/read", {})
    assert Notice.objects.get().read_at is None
    assert signed_in(town, None).get("/notices").status_code == 302
    assert overdue not in page(signed_in(town, "officer"), "/notices?show=all")


def test_whoever_sees_the_case_no_longer_is_led_nowhere(town, overdue):
    Notice.objects.update(person=town.users["far_dispatcher"])
    told = page(signed_in(town, "far_dispatcher"), "/notices")
    assert "You do not see this case any more" in told
    assert f"/hub/cases/{overdue}" not in told


def test_a_worker_is_led_to_the_task(town):
    install(RuleRow("handle", "0", "handler"))
    made = report()
    dispatch_case(
        Command(actor=town.actor("dispatcher"), number=made.number, now=MONDAY), assignee_id=town.users["worker"].pk
    )
    watch(Case.objects.get(number=made.number).due_at)
    assert f'href="/worker/cases/{made.number}"' in page(signed_in(town, "worker"), "/notices")


def test_the_list_goes_on_page_by_page(town):
    Notice.objects.bulk_create(
        Notice(
            person=town.users["dispatcher"],
            topic="escalation",
            kind="case",
            reference=f"{number}",
            words={"words": "at the deadline", "values": {}},
            at=MONDAY,
        )
        for number in range(120)
    )
    client = signed_in(town, "dispatcher")
    seen, address = [], "/notices"
    while address:
        told = page(client, address)
        seen += re.findall(r'class="case-title">(\d+)<', told)
        more = re.search(r'class="button" href="(/notices\?before=\d+)"', told)
        address = more[1] if more else ""
    assert seen == [f"{number}" for number in reversed(range(120))]
    assert 'aria-label="99+ new notices"' in told


def test_the_history_says_it_in_the_readers_language(town, overdue):
    client = signed_in(town, "dispatcher")
    assert (
        "By rule 1 of version 1: The time for dispatch is up; it was due 2 March 2026 12:00 (1 person told)."
        in page(client, f"/hub/cases/{overdue}")
    )
    assert "按第1版督办规则第1条：派遣已到期，截止时间为 2026年3月2日 12:00（已告知 1 人）。" in page(
        client, f"/hub/cases/{overdue}", "zh-hans"
    )


def test_the_reporter_is_not_told_how_the_office_urges_itself(town):
    install(AT_END)
    made = report()
    watch(Case.objects.get(number=made.number).due_at)
    told = page(signed_in(town, None), f"/follow/{made.follow_code}")
    assert made.number in told
    assert "By rule" not in told
    assert "rule 1" not in told


def test_the_rules_are_told_in_words_to_those_who_work_here(town):
    client = signed_in(town, "dispatcher")
    assert "No rules are in force" in page(client, "/notices/rules")
    install(AT_END, RuleRow("handle", "-4WH", "handler", class_prefix="E01", area_id=town.areas["420602001"].pk))
    told = page(client, "/notices/rules")
    assert "4 working hours before the deadline" in told
    assert "the dispatchers of the place" in told
    assert "check_escalation_file" not in told
    assert "check_escalation_file" in page(signed_in(town, "system_admin"), "/notices/rules")
    assert signed_in(town, "resident").get("/notices/rules").status_code == 403


def test_old_notices_go(town, overdue):
    Notice.objects.update(at=clock.now() - timedelta(days=91))
    assert forget_notices.call() == 1


@pytest.mark.django_db(transaction=True)
def test_from_export_through_a_check_to_a_version_in_force(town):
    install_shipped_rules(actor=SYSTEM, now=MONDAY)
    report(now=MONDAY)
    client = signed_in(town, "system_admin")
    exported = client.post(f"{NEW}export_escalation_rules", {"number": "", "key": str(uuid4())}).url
    assert work_one().state == WorkState.DONE
    (content,) = files_of(client, exported).values()
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet["E"]][1:5] == ["0", "75%", "0", "后2WH"]
    sheet["E2"] = 0.5

    def send(kind: str):
        sent = io.BytesIO()
        book.save(sent)
        file = SimpleUploadedFile("rules.xlsx", sent.getvalue(), content_type="application/octet-stream")
        return client.post(f"{NEW}{kind}", {"file": file, "name": "新版", "key": str(uuid4())})

    send("check_escalation_file")
    told = work_one().result
    assert (told["can_be_installed"], told["new"], told["gone"]) == (True, 1, 1)
    assert (told["open_deadlines"], told["at_once"]) == (1, 1)
    sheet["F3"] = "mayor"
    page_of_run = send("check_escalation_file").url
    assert work_one().result["faults"] == 1
    assert "F3" in files_of(client, page_of_run)["faults.csv"].decode("utf-8-sig")
    sheet["F3"] = "dispatchers"
    send("install_escalation_file")
    assert work_one().result["number"] == 2
    assert escalation_rows_of()[0].moment == "50%"
    assert escalation_rows_of(1) == shipped_rules()


def test_the_command_line_writes_checks_and_takes_rules(town, tmp_path, monkeypatch):
    install_shipped_rules(actor=SYSTEM, now=MONDAY)
    report(now=MONDAY)
    monkeypatch.setattr("gezhi.interfaces.cli.tables.start_django", lambda: None)
    monkeypatch.setattr("gezhi.interfaces.cli.import_tables.start_django", lambda: None)

    def run(*words: object):
        done = CliRunner().invoke(main, [str(word) for word in words])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    book = tmp_path / "rules.xlsx"
    assert run("tables", "escalation", book).output.startswith(f"{len(shipped_rules())} rules")
    checked = run("import", "escalation", book, "--name", "x", "--check")
    assert "of 1 open deadlines" in checked.output
    assert EscalationTable.objects.count() == 1
    table = tmp_path / "rules.csv"
    table.write_text("stage,moment,told,area\nhandle,前4工作时,handler,420602001\n", "utf-8")
    assert "are in force as version 2" in run("import", "escalation", table, "--name", "街道").output
    assert escalation_rows_of()[0].area_id == town.areas["420602001"].pk
    table.write_text("stage,moment,told,area\nhandle,75%,handler,nowhere\n", "utf-8")
    refused = run("import", "escalation", table, "--name", "x")
    assert (refused.exit_code, EscalationTable.objects.count()) == (2, 2)
    assert "nowhere" in refused.output
    waits = run("import", "escalation", book, "--name", "明年", "--from", "2099-01-01")
    assert "wait as version 3" in waits.output
    assert run("tables", "withdraw-escalation", 3).exit_code == 0
    assert "escalation 3" in run("tables", "list").output
