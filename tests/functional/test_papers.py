"""Statutory forms are views over the record: pages for A4 and workbooks, without anybody's name but by a reason."""

from __future__ import annotations

import base64
import html
import io
import re
import zlib
from datetime import UTC, datetime
from uuid import uuid4

import openpyxl
import pytest

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import Command, Contact, dispatch_case
from gezhi.interfaces.ledger import ledger_filters
from gezhi.interfaces.web.papers.papers import PAPERS
from gezhi.interfaces.xlsx_file import xlsx_file
from gezhi.kernel.clock import now
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.vault.models import PersonalDataAccess
from gezhi.platform.work.carry_out import carry_out, take_next
from tests.factories.cases import make_town, report
from tests.factories.clients import case_at, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
CONTACT = Contact(name="王小明", phone="13812341234")
WORDS = "=1+1 找我 13900001111"


@pytest.fixture
def town(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    return make_town()


def cells(content: bytes) -> list[list[str]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return [[str(value) for value in row if value is not None] for row in sheet.iter_rows(values_only=True)]


def test_a_case_sheet_holds_the_record_and_nobodys_name_or_number(town) -> None:
    made = case_at(town, "closed", contact=CONTACT, description=WORDS)
    client = signed_in(town, "dispatcher")
    page = client.get(f"/hub/cases/{made.number}/papers/case").content.decode()
    for words in ("案卷", made.number, "暴露生活垃圾", "结案", "=1+1 找我 139****1111", "另行保管，不予打印"):
        assert words in page, words
    book = client.get(f"/hub/cases/{made.number}/papers/case/workbook")
    assert "attachment" in book.headers["Content-Disposition"]
    assert book.headers["Cache-Control"] == "private, no-store"
    text = str(cells(book.content))
    for printed in (page, text):
        assert not re.search("王小明|13812341234|13900001111", printed)
    assert "=1+1 找我 139****1111" in text
    assert PersonalDataAccess.objects.count() == 0


@pytest.mark.parametrize("paper", PAPERS)
def test_each_form_is_there_in_both_languages(town, paper) -> None:
    made = case_at(town, "handling")
    client = signed_in(town, "dispatcher")
    address = f"/hub/cases/{made.number}/papers/{paper}"
    assert f'href="{address}"' in client.get(f"/hub/cases/{made.number}").content.decode()
    assert str(PAPERS[paper].title) in client.get(address).content.decode()
    english = client.get(address, headers={"Accept-Language": "en"}).content.decode()
    sheet = english[english.index('<article class="paper"') :].split("</article>")[0]
    assert not re.search(
        "[一-鿿]", re.sub("路边有一堆垃圾|襄\\S*|真武山\\S*|\\S*社区|\\S*网格|测试\\S*|sanitation", "", sheet)
    ), sheet
    assert client.get(f"{address}/workbook").status_code == 200


@pytest.mark.parametrize("who", ["other_officer", "far_dispatcher"])
def test_who_does_not_see_the_case_prints_nothing_of_it(town, who) -> None:
    made = case_at(town, "handling", contact=CONTACT)
    client = signed_in(town, who)
    for end in ("", "/workbook"):
        assert client.get(f"/hub/cases/{made.number}/papers/case{end}").status_code == 404
        assert client.post(f"/hub/cases/{made.number}/papers/case{end}", {"why": "on_paper"}).status_code == 404
    assert client.get("/hub/cases/1/papers/case").status_code == 404
    assert not PersonalDataAccess.objects.exists()


def test_there_are_no_other_forms(town) -> None:
    made = case_at(town, "handling")
    assert signed_in(town, "dispatcher").get(f"/hub/cases/{made.number}/papers/score").status_code == 404


@pytest.mark.parametrize(("full", "shown"), [({}, "王*明 138****1234"), ({"full": "1"}, "王小明 13812341234")])
def test_with_a_reason_the_person_stands_on_it_and_each_printing_is_a_look(town, client, full, shown) -> None:
    made = case_at(town, "handling", contact=CONTACT, description=WORDS)
    hub = signed_in(town, "dispatcher")
    sent = {"why": "on_paper", "words": "上门联系单"} | full
    page = hub.post(f"/hub/cases/{made.number}/papers/handling", sent).content.decode()
    text = str(cells(hub.post(f"/hub/cases/{made.number}/papers/handling/workbook", sent).content))
    for printed in (page, text):
        for part in (*shown.split(), "13900001111" if full else "139****1111"):
            assert part in printed
        assert ("13812341234" in printed) == bool(full)
    assert [look.reason for look in PersonalDataAccess.objects.all()] == ["on_paper: 上门联系单"] * 2
    assert "在单据上载明当事人：上门联系单" in client.get(f"/follow/{made.follow_code}/data").content.decode()


def test_without_a_reason_or_the_right_nobody_stands_on_it(town) -> None:
    made = case_at(town, "handling", contact=CONTACT)
    address = f"/hub/cases/{made.number}/papers/case"
    for who, sent, status in (
        ("dispatcher", {"why": "other"}, 422),
        ("dispatcher", {}, 422),
        ("planner", {"why": "on_paper"}, 403),
    ):
        for end in ("", "/workbook"):
            answer = signed_in(town, who).post(address + end, sent)
            assert answer.status_code == status
            assert 'role="alert"' in answer.content.decode()
            assert "13812341234" not in answer.content.decode()
    assert not PersonalDataAccess.objects.exists()


def test_printing_words_in_full_is_on_record_where_no_name_was_left(town) -> None:
    made = case_at(town, "handling", description=WORDS)
    page = signed_in(town, "dispatcher").post(f"/hub/cases/{made.number}/papers/case", {"why": "on_paper", "full": "1"})
    assert "13900001111" in page.content.decode()
    assert AuditRecord.objects.get(action="cases.words_printed").object_id == made.number


def test_a_ledger_is_a_line_for_each_case_of_the_month(town) -> None:
    mine = report(description=WORDS, now=now())
    old = report(now=now())
    Case.objects.filter(number=old.number).update(reported_at=datetime(2026, 1, 31, 15, 59, tzinfo=UTC))
    client, month = signed_in(town, "dispatcher"), f"{now():%Y-%m}"
    page = client.get("/hub/ledger").content.decode()
    assert mine.number in page
    assert old.number not in page
    assert "13900001111" not in page
    assert old.number in client.get("/hub/ledger?month=2026-01").content.decode()
    assert old.number not in client.get("/hub/ledger?month=2026-02").content.decode()
    street = town.areas["420602001"].pk
    sent = {"month": month, "street": str(street), "body": "", "key": str(uuid4())}
    answer = client.post("/staff/work/new/export_ledger", sent)
    assert answer.status_code == 302, answer.content.decode()
    while run := take_next(worker="test:1", now=now()):
        carry_out(run)
    link = re.search(r'href="(/staff/work/[^"]+/files/[^"]+)"', client.get(answer.url).content.decode())[1]
    title, head, *lines = cells(b"".join(client.get(link).streaming_content))
    assert "月度台账" in title[0]
    assert head[0] == "编号"
    assert [line[0] for line in lines] == [mine.number]
    assert "13900001111" not in str(lines)


def test_a_moment_in_a_ledger_stands_on_one_line(town) -> None:
    report(now=now())
    page = signed_in(town, "dispatcher").get("/hub/ledger").content.decode()
    moments = re.findall(r"<td([^>]*)>\d{4}-\d\d-\d\d \d\d:\d\d</td>", page)
    assert moments
    assert set(moments) == {' class="nowrap"'}


def test_a_ledger_of_a_body_holds_its_cases_alone(town) -> None:
    made = case_at(town, "handling")
    report(now=now())
    other = town.bodies["housing"].pk
    month = f"{Case.objects.get(number=made.number).reported_at:%Y-%m}"
    client = signed_in(town, "operations")
    assert made.number in client.get(f"/hub/ledger?month={month}").content.decode()
    assert made.number not in client.get(f"/hub/ledger?month={month}&body={other}").content.decode()


@pytest.mark.parametrize("query", ["month=2026-13", "month=x", "street=x", "body=²"])
def test_a_ledger_of_nothing_is_refused_in_words(town, query) -> None:
    answer = signed_in(town, "dispatcher").get(f"/hub/ledger?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_a_month_is_that_of_the_city(town) -> None:
    filters = ledger_filters(month="2026-12", street="", body="")
    assert filters.reported_from is not None
    assert filters.reported_to is not None
    assert filters.reported_from.astimezone(UTC) == datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert filters.reported_to.astimezone(UTC) == datetime(2026, 12, 31, 16, tzinfo=UTC)
    with pytest.raises(InvalidInput):
        ledger_filters(month="2026-00", street="", body="")


def test_a_workbook_is_written_row_by_row(tmp_path) -> None:
    import tracemalloc

    def peak(rows: int) -> int:
        with (tmp_path / f"{rows}.xlsx").open("wb") as made:
            tracemalloc.start()
            with xlsx_file(made, name="台账", widths=(10,)) as write:
                for place in range(rows):
                    write([f"{place} " + "字" * 200, place])
            top = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return top

    peak(2)
    assert peak(6_000) < 3 * peak(1_000)


def test_a_view_that_is_called_a_league_table_is_refused_by_the_name_of_the_rule(town) -> None:
    client = signed_in(town, "dispatcher")
    sent = {"query": "status=handling", "name": "网格员月度排名", "office": "me"}
    answer = client.post("/hub/views", sent)
    assert answer.status_code == 422
    assert "不得给人排名" in answer.content.decode()
    assert "formalism_league_table" in answer.content.decode()
    assert client.post("/hub/views", sent | {"name": "处置中"}).status_code == 302


def test_a_ledger_in_english_names_areas_and_bodies_so(town) -> None:
    body = town.bodies["sanitation"]
    body.name_en = "Sanitation Office"
    body.save()
    by = Command(actor=town.actor("dispatcher", now=now()), number=report(now=now()).number, now=now())
    dispatch_case(by, organisation_id=body.pk)
    client = signed_in(town, "dispatcher")
    page = client.get("/hub/ledger", headers={"Accept-Language": "en"}).content.decode().split("<tbody>")[1]
    assert "Sanitation Office" in page
    assert body.name not in page
    assert body.name in client.get("/hub/ledger").content.decode().split("<tbody>")[1]


def pdf_text(content: bytes) -> str:
    """The words of a PDF file: STSong-Light is written in UCS-2 inside the streams of its pages."""
    found = ""
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        drawn = zlib.decompress(base64.a85decode(stream.strip().removesuffix(b"~>")))
        for text in re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", drawn, re.DOTALL):
            octal = re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]), text)
            plain = re.sub(rb"\\(.)", rb"\1", octal, flags=re.DOTALL)
            found += plain.decode("utf-16-be", "replace")
    return found


@pytest.mark.parametrize("paper", PAPERS)
def test_each_form_is_a_pdf_file_with_the_same_words(town, paper) -> None:
    made = case_at(town, "closed", contact=CONTACT, description=f"{WORDS} <b>&amp;</b> 😀")
    client = signed_in(town, "dispatcher")
    answer = client.get(f"/hub/cases/{made.number}/papers/{paper}/pdf")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].endswith(".pdf")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.content.startswith(b"%PDF-1.")
    assert answer.content.rstrip().endswith(b"%%EOF")
    text = pdf_text(answer.content)
    assert str(PAPERS[paper].title) in text
    for words in (made.number, "暴露生活垃圾", "=1+1 找我 139****1111 <b>&amp;</b>"):
        assert words in text, words
    assert not re.search("王小明|13812341234|13900001111", text)
    assert PersonalDataAccess.objects.count() == 0
    assert len(answer.content) < 60_000


def test_a_pdf_file_with_the_name_needs_a_reason_and_is_logged(town) -> None:
    made = case_at(town, "handling", contact=CONTACT)
    client = signed_in(town, "dispatcher")
    address = f"/hub/cases/{made.number}/papers/case/pdf"
    assert client.post(address, {"why": "none"}).headers["Content-Type"].startswith("text/html")
    assert PersonalDataAccess.objects.count() == 0
    text = pdf_text(client.post(address, {"why": "on_paper"}).content)
    assert "王*明" in text
    assert "138****1234" in text
    assert PersonalDataAccess.objects.count() == 1


def test_a_ledger_is_a_pdf_file_until_it_is_too_long_to_print(town, monkeypatch) -> None:
    numbers = [report(now=now(), description=f"路灯不亮 {place}").number for place in range(3)]
    client = signed_in(town, "dispatcher")
    page = client.get("/hub/ledger").content.decode()
    address = html.unescape(re.findall(r'href="(/hub/ledger/pdf[^"]*)"', page)[0])
    text = pdf_text(client.get(address).content)
    assert all(number in text for number in numbers)
    assert client.get("/hub/ledger/pdf?month=2026-13").status_code == 422
    monkeypatch.setattr("gezhi.interfaces.web.papers.ledger.MOST_LINES", 2)
    assert "/hub/ledger/pdf" not in client.get("/hub/ledger").content.decode()
    longer = client.get(address)
    assert longer.headers["Content-Type"].startswith("text/html")
    assert "本页只列前 2 件" in longer.content.decode()
