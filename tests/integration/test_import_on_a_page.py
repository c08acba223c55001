"""An administrator checks a case file on a page, reads what is wrong, and imports the good rows."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.kernel.clock import now
from gezhi.kernel.errors import NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import actor_of
from gezhi.platform.files.documents import document_path
from gezhi.platform.files.images import MAX_BYTES
from gezhi.platform.files.models import Document
from gezhi.platform.work import progress
from gezhi.platform.work.carry_out import carry_out, take_next
from gezhi.platform.work.models import WorkRun, WorkState
from gezhi.platform.work.use_cases.start_work import start_work
from tests.factories.areas import centre
from tests.factories.cases import grant, make_town, make_user
from tests.factories.clients import signed_in
from tests.integration.test_import_cases import MAPPING

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "no,reported,closed,due,state,kind,words,result,address,lon,lat,office,grid\n"
NEW, CHECK = "/staff/work/new/check_case_file", "check_case_file"


def row(number, *, kind="垃圾", lon=None, office="环卫所"):
    x, y = centre(0)
    return f"{number},2026/03/02 10:00,,,处理中,{kind},路边,,北街,{lon or x},{y},{office},\n"


def upload(name, text):
    content = text if isinstance(text, bytes) else text.encode()
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


@pytest.fixture
def town(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    return make_town()


def sent(client, rows, **more):
    form = {
        "file": upload("town.csv", HEAD + rows),
        "own_mapping": upload("town.toml", MAPPING),
        "key": str(uuid4()),
        **more,
    }
    return client.post(NEW, {name: value for name, value in form.items() if value is not None})


def work_one() -> WorkRun:
    run = take_next(worker="test:1", now=now())
    carry_out(run)
    return WorkRun.objects.get(pk=run.pk)


def test_a_file_is_checked_its_bad_rows_are_told_and_its_good_ones_imported(town):
    client = signed_in(town, "system_admin")
    page = sent(client, row(1) + row(2, kind="飞碟") + row(3, lon="=1+1") + row(3)).url
    checked = work_one()
    assert checked.result == {
        "rows": 4,
        "good": 2,
        "new": 2,
        "existing": 0,
        "doubtful": 0,
        "unlocated": 0,
        "rejected": 2,
        "reasons": {"kind: no class in [classes.map], and no default": 1, "lon: not a number of degrees": 1},
    }
    assert not Case.objects.exists()
    shown = client.get(page).content.decode()
    assert "1 × “kind”列：列对应方案的 [classes.map] 中没有对应类别，也未设默认类别" in shown
    in_english = client.get(page, headers={"accept-language": "en"}).content.decode()
    assert "kind: no class in [classes.map], and no default" in in_english
    link = re.search(r'href="(/staff/work/[^"]+/files/[^"]+)"', shown)[1]
    bad = list(csv.DictReader(io.StringIO(b"".join(client.get(link).streaming_content).decode("utf-8-sig"))))
    assert [(one["行"], one["编号"], one["列"], one["原因"], one["值"]) for one in bad] == [
        ("3", "2", "kind", "列对应方案的 [classes.map] 中没有对应类别，也未设默认类别", "飞碟"),
        ("4", "3", "lon", "不是以度为单位的数值", "'=1+1"),
    ]
    assert Document.objects.get(subject_type="work").personal
    assert 'value="import_case_file"' in shown
    again = client.post(page + "/again", {"kind": "import_case_file", "key": str(uuid4())})
    done = work_one()
    assert again.url.endswith(str(done.pk))
    assert (done.state, done.result["imported"], done.result["rejected"]) == (WorkState.DONE, 2, 2)
    assert Case.objects.count() == 2
    # The record names who had it done.
    assert set(CaseStep.objects.values_list("actor_label", flat=True)) == {"import: system_admin"}
    # What was imported is not offered again: the page leads to the import.
    shown = client.get(page).content.decode()
    assert 'value="import_case_file"' not in shown
    assert f"/staff/work/{done.pk}" in shown
    # What was sent has served its purpose.
    assert not Document.objects.filter(subject_type="work_upload").exists()


def test_the_check_tells_the_figures_with_which_the_import_ends(town):
    client = signed_in(town, "system_admin")
    x, y = centre(0)
    at_the_hall = MAPPING + f"[location]\ndefault_points = [[{x}, {y}]]\n"
    far, elsewhere = "100.5", str(centre(1)[0])
    # Two on the point for what could not be located, one outside the city, one well placed, one bad.
    rows = row(1) + row(2) + row(3, lon=far) + row(4, lon=elsewhere) + row(5, kind="飞碟")
    for existing in (0, 4):
        page = sent(client, rows, own_mapping=upload("town.toml", at_the_hall)).url
        foretold = work_one().result
        assert (foretold["doubtful"], foretold["unlocated"], foretold["existing"]) == (2, 1, existing)
        assert "位置存疑" in client.get(page).content.decode()
        assert Case.objects.count() == existing
        client.post(page + "/again", {"kind": "import_case_file", "key": str(uuid4())})
        done = work_one().result
        told = {name: foretold[name] for name in ("existing", "doubtful", "unlocated", "rejected")}
        assert done == told | {"imported": foretold["new"]}


def test_where_no_row_is_good_nothing_is_offered_and_nothing_looks_well(town):
    client = signed_in(town, "system_admin")
    page = sent(client, row(1, kind="飞碟")).url
    work_one()
    shown = client.get(page).content.decode()
    assert 'value="import_case_file"' not in shown
    assert 'data-tone="warn"' in shown
    assert 'data-tone="good"' not in shown


def test_a_run_is_told_from_others_by_its_files_to_whoever_started_it(town):
    client = signed_in(town, "system_admin")
    page = sent(client, row(1)).url
    for address in ("/staff/work", page):
        assert "town.csv · town.toml" in client.get(address).content.decode()


def test_a_bad_mapping_tells_no_path_of_the_server(town, tmp_path):
    client = signed_in(town, "system_admin")
    page = sent(client, row(1), own_mapping=upload("mine.toml", "source = ")).url
    work_one()
    shown = client.get(page).content.decode()
    assert "文件：mine.toml" in shown
    assert str(tmp_path) not in shown


def test_an_import_that_is_repeated_changes_nothing(town):
    client = signed_in(town, "system_admin")
    for expected in ((2, 0), (0, 2)):
        page = sent(client, row(1) + row(2)).url
        work_one()
        client.post(page + "/again", {"kind": "import_case_file"})
        done = work_one()
        assert (done.result["imported"], done.result["existing"]) == expected


def test_an_import_that_is_stopped_before_its_first_thousand_leaves_no_case(town, monkeypatch):
    client = signed_in(town, "system_admin")
    page = sent(client, row(1)).url
    work_one()
    client.post(page + "/again", {"kind": "import_case_file"})
    told = progress.Progress.report

    def stopped(self, done, **more):
        if more.get("total"):
            self.stop = progress.Why.ASKED
        told(self, done, **more)

    monkeypatch.setattr(progress.Progress, "report", stopped)
    assert work_one().state == WorkState.STOPPED
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"own_mapping": None}, "请从列表中选择一个列对应方案"),
        ({"mapping": "boston"}, "请从列表中选择一个列对应方案"),
        ({"mapping": "/etc/passwd", "own_mapping": None}, "passwd"),
        ({"file": None}, "请填写"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_queued(town, change, words):
    answer = sent(signed_in(town, "system_admin"), row(1), **change)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not WorkRun.objects.exists()


def test_a_form_that_is_sent_twice_starts_one_run(town):
    client, key = signed_in(town, "system_admin"), str(uuid4())
    assert sent(client, row(1), key=key).url == sent(client, row(1), key=key).url
    assert WorkRun.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "kind", "field", "helps"),
    [
        ("system_admin", "check_case_file", "file", "文件超过 12 MB。请另存为 CSV 并用 gzip 压缩"),
        ("system_admin", "check_case_file", "own_mapping", "文件超过 12 MB。列对应方案只有几 KB"),
        ("planner", "check_area_file", "file", "文件超过 12 MB。请改用 zip 压缩的 Shapefile"),
        ("planner", "cut_grids", "file", "文件超过 12 MB。请按街道分次划分"),
    ],
)
def test_a_file_over_the_limit_is_refused(town, who, kind, field, helps):
    form = {
        "file": upload("town.csv", "a"),
        field: upload("big.csv", b"x" * (MAX_BYTES + 10)),
        "datum": "wgs84",
        "seconds": "20",
    }
    answer = signed_in(town, who).post(f"/staff/work/new/{kind}", form)
    assert answer.status_code == 413
    assert "12 MB" in answer.content.decode()
    assert helps in str(answer.context["form"].errors[field])
    assert not Document.objects.filter(name="big.csv").exists()


def test_a_damaged_file_is_not_started_again_but_sent_anew(town):
    client = signed_in(town, "system_admin")
    page = sent(client, "", file=upload("town.xlsx", "no workbook")).url
    assert work_one().state == WorkState.FAILED
    shown = client.get(page).content.decode()
    assert f'href="{NEW}"' in shown
    assert "重新执行" not in shown
    assert f"{page}/again" not in shown


def test_what_was_interrupted_is_started_again_while_its_file_is_kept(town):
    client = signed_in(town, "system_admin")
    page = sent(client, row(1)).url
    work_one()
    client.post(page + "/again", {"kind": "import_case_file"})
    run = WorkRun.objects.get(kind="import_case_file")
    WorkRun.objects.filter(pk=run.pk).update(state=WorkState.FAILED, failure_code="work_interrupted", ended_at=now())
    page = f"/staff/work/{run.pk}"
    shown = client.get(page).content.decode()
    assert f"{page}/again" in shown
    assert f'href="{NEW}"' not in shown
    Document.objects.all().delete()
    shown = client.get(page).content.decode()
    assert f"{page}/again" not in shown
    # Another file begins with the check.
    assert f'href="{NEW}"' in shown


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("town.csv", "a,b\n1,2\n", "column_missing"),
        ("town.exe", "MZ", "file_kind"),
        ("town.xlsx", "no workbook", "file_unreadable"),
        ("../../town.csv", HEAD + row(1), ""),
    ],
)
def test_a_file_that_cannot_be_read_is_a_failure_in_words(town, name, text, code):
    client = signed_in(town, "system_admin")
    page = sent(client, "", file=upload(name, text)).url
    assert work_one().failure_code == code
    assert client.get(page).status_code == 200


BAD_FILES = [
    ("town.csv", "a,b\n1,2\n", MAPPING, "文件中没有 no,", "the file has no column no,"),
    ("town.exe", "MZ", MAPPING, "town.exe：可接收的文件类型为 .csv,", "town.exe: expected .csv,"),
    ("town.json", "[{]", MAPPING, "自第 1 行第 3 列起不是有效的 JSON", "no valid JSON from line 1, column 3"),
    ("town.xlsx", "no workbook", MAPPING, "town.xlsx", "File is not a zip file"),
    ("town.csv", "x", "source = 'a' 'b'", "第 1 行第 14 列不符合 TOML 格式", "at line 1, column 14"),
    ("town.csv", "x", "source = 'a'", "缺少“columns”字段", "missing required field `columns`"),
    ("town.csv", "x", MAPPING.replace("Asia/Shanghai", "Asia/Nowhere"), "没有“Asia/Nowhere”这个时区", "no time zone"),
]


@pytest.mark.parametrize(("name", "text", "mapping", "chinese", "english"), BAD_FILES)
def test_what_is_wrong_with_a_file_is_said_in_the_readers_language(town, name, text, mapping, chinese, english):
    client = signed_in(town, "system_admin")
    page = sent(client, "", file=upload(name, text), own_mapping=upload("town.toml", mapping)).url
    assert work_one().state == WorkState.FAILED
    told = re.search(r'<div class="banner".*?</div></div>', client.get(page).content.decode(), re.DOTALL)[0]
    assert chinese in told
    assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", re.sub(r"<[^>]*>", " ", told)), told
    assert english in client.get(page, headers={"accept-language": "en"}).content.decode()


def test_somebody_elses_upload_is_no_input(town):
    sent(signed_in(town, "system_admin"), row(1))
    theirs = WorkRun.objects.get().given
    other = make_user("other_admin")
    grant(other, Role.SYSTEM_ADMIN, town.areas["4206"])
    given = {"file": UUID(theirs["file"]), "own_mapping": UUID(theirs["own_mapping"])}
    with pytest.raises(NotFound):
        start_work(actor=actor_of(other, now=now()), name=CHECK, given=given, now=now())


@pytest.mark.parametrize("who", [None, "dispatcher", "operations", "planner", "security_admin", "audit_admin"])
def test_only_the_citys_system_administrator_imports(town, who):
    answer = sent(signed_in(town, who), row(1))
    assert answer.status_code in {302, 403}
    assert not WorkRun.objects.exists()
    assert not Document.objects.exists()


def test_an_administrator_of_a_street_does_not_import_into_the_city(town):
    town.users["street_admin"] = make_user("street_admin")
    grant(town.users["street_admin"], Role.SYSTEM_ADMIN, town.areas["420602001"])
    assert sent(signed_in(town, "street_admin"), row(1)).status_code == 403
    assert not WorkRun.objects.exists()
    assert not Document.objects.exists()


def test_uploads_lie_in_the_data_folder_for_their_owner_alone(town):
    sent(signed_in(town, "system_admin"), row(1))
    for document in Document.objects.all():
        path = document_path(document.pk)
        assert path.stat().st_mode & 0o077 == 0
        assert document.expires_at - document.created_at == timedelta(days=1)
