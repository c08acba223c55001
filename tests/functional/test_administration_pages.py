"""Administration on pages: each page opens for those it is made for, and for nobody else."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

import gezhi
from gezhi.contexts.cases.queries import rules_as_texts, template, template_versions
from gezhi.contexts.cases.use_cases.install_classes import install_classes, shipped_classes
from gezhi.interfaces.web.administration.record_words import ACTIONS, KINDS
from gezhi.interfaces.web.words import ROLE
from gezhi.kernel.clock import now
from gezhi.kernel.roles import SEPARATE_ADMINS, Role
from gezhi.platform.access.actor import ANONYMOUS, system_actor
from gezhi.platform.access.queries import held_alone, held_by
from gezhi.platform.accounts.use_cases.invite import WantedRole, invite
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.audit.queries import records
from gezhi.platform.audit.record import record
from tests.factories.cases import SYSTEM, grant, make_town, make_user
from tests.factories.clients import signed_in

pytestmark = pytest.mark.django_db
EN = {"Accept-Language": "en"}
PAGES = (
    "",
    "/accounts",
    "/organisations",
    "/organisations/new",
    "/workers",
    "/workers/new",
    "/tables",
    "/rules",
    "/rules/edit",
    "/templates",
    "/retention",
    "/retention/edit",
    "/street",
)


@pytest.fixture
def town():
    return make_town()


@pytest.mark.parametrize("page", PAGES)
def test_a_system_administrator_opens_every_page_in_both_languages(town, page):
    client = signed_in(town, "system_admin")
    for headers in (EN, {"Accept-Language": "zh-hans"}):
        assert client.get(f"/administration{page}", headers=headers).status_code == 200


@pytest.mark.parametrize("page", ["", "/accounts", "/organisations", "/workers", "/rules", "/record", "/street"])
def test_the_pages_are_closed_to_others(town, client, page):
    assert "/login" in client.get(f"/administration{page}").url
    for name in ("worker", "dispatcher", "officer", "resident"):
        assert signed_in(town, name).get(f"/administration{page}").status_code == 403


def test_the_record_is_for_the_audit_administrator(town):
    page = signed_in(town, "audit_admin").get("/administration/record", headers=EN)
    assert "Granted a role" in page.content.decode()
    assert signed_in(town, "system_admin").get("/administration/record").status_code == 403


def test_the_record_speaks_the_language_of_the_page(town):
    clerk = make_user("clerk")
    grant(clerk, Role.GRID_WORKER, town.areas["420602001"])
    page = signed_in(town, "audit_admin").get("/administration/record").content.decode()
    assert "授予角色" in page
    assert "角色：网格员" in page
    assert "人员：clerk" in page
    assert "区域：真武山街道" in page
    assert "null" not in page
    found = signed_in(town, "audit_admin").get("/administration/record?action=cases.imported").content.decode()
    assert "人员：clerk" not in found


def test_the_record_has_words_for_codes_and_the_citys_time_for_instants(town):
    start = "2026-11-27T20:03:09+00:00"
    put = [
        (system_actor("work"), "work.done", "work", "f" * 32, {"kind": "check_duty_file", "attempt": 1, "files": 2}),
        (ANONYMOUS, "cases.photo_attached", "case", "20261128000001", {"photo": "x", "stage": "before", "sha256": "y"}),
        (system_actor("cli:root"), "cases.duties_installed", "duty_table", 1, {"number": 1, "effective_from": start}),
        (
            system_actor("tables"),
            "cases.rules_installed",
            "workflow_rules",
            1,
            {"number": 2, "changes": {"longest_extension": "10WD"}, "effective_from": start},
        ),
    ]
    for actor, action, kind, key, data in put:
        record(actor=actor, action=action, object_type=kind, object_id=key, data=data, now=now())
    page = signed_in(town, "audit_admin").get("/administration/record").content.decode()
    told = re.sub(r"<details class=\"small.*?</details>", "", page.split('<ul class="list"')[1], flags=re.DOTALL)
    for words in (
        "后台任务程序",
        "未登录者",
        "root（命令行）",
        "表格生效程序",
        "第几次尝试：1",
        "阶段：处置前",
        "最长延期：10 个工作日",
        "生效时间：2026年11月28日 04:03",
    ):
        assert words in told
    for machine in ("cases.rules_installed", "longest_extension", "10WD", "f" * 32, start, "resident"):
        assert machine not in told
    assert "cases.rules_installed · workflow_rules 1" in page


def test_the_record_names_what_has_a_name_and_counts_what_was_found(town):
    by = town.actor("dispatcher", now=now())
    put = [
        ("cases.searched_by_number", "case_list", "number", {"found": 2}),
        ("cases.classes_installed", "class_scheme", 1, {"code": "shipped", "classes": 5}),
    ]
    for action, kind, key, data in put:
        record(actor=by, action=action, object_type=kind, object_id=key, data=data, now=now())
    page = signed_in(town, "audit_admin").get("/administration/record").content.decode()
    told = re.sub(r"<details class=\"small.*?</details>", "", page.split('<ul class="list"')[1], flags=re.DOTALL)
    for words in ("找到件数：2", "<span>工单列表</span>", "编码：随软件提供", "<span>角色 网格员</span>"):
        assert words in told
    assert not re.search(r"number|found|shipped|角色 \d|[\u4e00-\u9fff]: ", told)
    english = signed_in(town, "audit_admin").get("/administration/record", headers=EN).content.decode()
    assert "found: 2" in english


def test_the_record_is_in_the_order_of_time(town):
    by = town.actor("dispatcher", now=now())
    late, early = now() + timedelta(hours=2), now() + timedelta(hours=1)
    for moment, words in ((late, "later"), (early, "earlier")):
        record(actor=by, action="views.shared", object_type="saved_view", object_id=1, data={"name": words}, now=moment)
    client = signed_in(town, "audit_admin")
    page = client.get("/administration/record").content.decode()
    assert page.index("later") < page.index("earlier")
    shown: list[int] = []
    auditor, before = town.actor("audit_admin", now=now()), None
    while True:
        found = records(auditor, before=before, limit=3)
        shown += [row.id for row in found.rows]
        if found.next is None:
            break
        before = found.next
    assert len(shown) == len(set(shown)) == AuditRecord.objects.count()


def test_everything_that_is_recorded_has_words():
    source = "".join(path.read_text("utf-8") for path in Path(gezhi.__file__).parent.rglob("*.py"))
    assert set(re.findall(r'\baction="([a-z]+\.[a-z_]+)"', source)) - ACTIONS.keys() == set()
    assert set(re.findall(r'\bobject_type="([a-z_]+)"', source)) - KINDS.keys() == set()


def test_a_time_limit_of_the_rules_is_a_number_and_a_unit(town):
    client = signed_in(town, "system_admin")
    page = client.get("/administration/rules/edit", headers=EN).content.decode()
    assert '<option value="WH" selected>working hours</option>' in page
    assert "4WH:" not in page
    form = {"max_returns": 2, "reopen_times": 2, "name": "trial", "class_guess": "learned", "guess_most_of_one": 20}
    limits = {"verify_limit": "24UH", "answer_limit": "6.5WH", "reopen_within": "7ND", "longest_extension": "15WD"}
    for name, text in limits.items():
        form |= {f"{name}_0": text[:-2], f"{name}_1": text[-2:]}
    form |= {
        name: ["street_dispatcher", "operations"] for name in ("extension_by", "forced_close_by", "setting_aside_by")
    }
    # Rules that came later begin with their own value.
    for name, value in re.findall(r'name="(\w+)" value="(\w+)"[^>]* checked', page):
        form.setdefault(name, value)
    looked = client.post("/administration/rules/edit", form, headers=EN).content.decode()
    assert "4 working hours → 6.5 working hours" in looked
    assert "→" not in looked.replace("4 working hours → 6.5 working hours", "")
    hidden = dict(re.findall(r'<input type="hidden" name="(answer_limit_\d)" value="([^"]+)"', looked))
    assert hidden == {"answer_limit_0": "6.5", "answer_limit_1": "WH"}
    client.post("/administration/rules/edit", {**form, "sure": "1"})
    assert rules_as_texts()["answer_limit"] == "6.5WH"
    wrong = client.post("/administration/rules/edit", {**form, "answer_limit_0": "0"}, headers=EN)
    assert wrong.status_code == 422
    long = client.post("/administration/rules/edit", {**form, "longest_extension_0": "999"}, headers=EN)
    assert long.status_code == 422
    words = "Longest extension: more than nothing, and at most 732 working days."
    assert long.content.decode().count(words) == 2


def test_an_area_that_is_not_found_is_named_with_those_that_are_called_so(town):
    client = signed_in(town, "system_admin")
    form = {"username": "li.hua", "display_name": "李华", "role": "grid_worker", "area": "真武山"}
    answer = client.post("/administration/accounts/new", form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "“真武山”：" in page
    assert "是否指：420602001 真武山街道" in page
    assert "是否指" not in client.post("/administration/accounts/new", {**form, "area": "无此地"}).content.decode()


def test_the_link_that_is_shown_once_can_be_copied(town):
    form = {"username": "li.hua", "display_name": "李华", "sure": "1"}
    page = signed_in(town, "system_admin").post("/administration/accounts/new", form).content.decode()
    address = re.search(r"<code>([^<]+)</code>", page)[1]
    assert f'data-copy="{address}"' in page


@pytest.mark.parametrize("name", ["system_admin", "security_admin", "audit_admin"])
def test_a_new_link_is_offered_to_whoever_may_make_one(town, name):
    client, account = signed_in(town, name), f"/administration/accounts/{town.users['worker'].pk}"
    page = client.get(account)
    if page.status_code == 200:
        may = client.get(f"{account}/link").status_code == 200
        assert (f'href="{account}/link"' in page.content.decode()) == may


def test_a_past_version_is_not_told_as_later_than_the_one_in_force(town):
    before = now() - timedelta(days=30)
    install_classes(actor=SYSTEM, code="shipped", name="随软件提供的分类", rows=shipped_classes(), now=now())
    install_classes(actor=SYSTEM, code="city", name="本市分类", rows=shipped_classes(), now=before)
    page = signed_in(town, "system_admin").get("/administration/tables").content.decode()
    rows = re.findall(r'<li class="list-row">.*?</li>', page.partition('aria-labelledby="duties"')[0], re.DOTALL)
    shipped = next(row for row in rows if "随软件提供的分类" in row)
    assert "现行版本自更早之日起算，此版本不再适用。" in shipped
    assert "<time" not in shipped
    assert "shipped" not in shipped
    assert "随软件" in shipped
    assert "<time" in next(row for row in rows if "本市分类" in row)


def test_each_button_that_grants_says_what(town):
    wanted = [WantedRole(Role.CHECKER, town.areas["420602"].pk, None, None)]
    made = invite(
        actor=town.actor("system_admin", now=now()), username="li.hua", display_name="李华", roles=wanted, now=now()
    )
    page = signed_in(town, "security_admin").get(f"/administration/accounts/{made.user_id}").content.decode()
    assert "授予“核查员”（襄城区）" in page
    assert "授予其他角色" in page
    assert "授予角色<" not in page


def test_each_lands_on_administration(town):
    for role in SEPARATE_ADMINS:
        assert signed_in(town, role.value).get("/home").url == "/administration"
    assert signed_in(town, "operations").get("/home").url == "/operations"


TEMPLATE = {"title": "已受理", "words": "您反映的问题已受理。", "class_prefix": "", "step": "", "seen": "0"}


def _write(client, area, **more):
    return client.post("/administration/templates/new", TEMPLATE | {"area": area, "sure": "1"} | more)


def test_a_dispatcher_keeps_the_templates_of_the_own_area_alone(town):
    mine, far = signed_in(town, "dispatcher"), signed_in(town, "far_dispatcher")
    operations = signed_in(town, "operations")
    # One dispatches in the street, the other in one community of it.
    code, below = "420602001", "420602001002"
    assert code in mine.get("/administration/templates/new").content.decode()
    address = _write(mine, code).url
    assert "已受理" in mine.get("/administration/templates").content.decode()
    assert mine.get(address).status_code == 200
    edited = mine.post(f"{address}/edit", TEMPLATE | {"area": code, "title": "办理中", "seen": "1", "sure": "1"})
    assert edited.status_code == 302
    for client, area in ((mine, ""), (mine, "420602"), (far, code)):
        assert _write(client, area).status_code == 403
    _write(far, below, title="小区通用")
    assert "小区通用" in mine.get("/administration/templates").content.decode()
    everywhere = _write(operations, "", title="全市通用").url
    for client, foreign in ((mine, everywhere), (far, address)):
        assert client.get(foreign).status_code == 404
        assert client.get(f"{foreign}/edit").status_code == 404
        assert client.post(f"{foreign}/withdraw").status_code == 403
        assert client.post(f"{foreign}/restore", {"version": "1"}).status_code == 403
    assert "办理中" not in far.get("/administration/templates").content.decode()
    assert "全市通用" not in mine.get("/administration/templates").content.decode()
    assert mine.post(f"{address}/withdraw").status_code == 302
    assert template(int(address.rsplit("/", 1)[1])).current is False
    assert {"办理中"} == {one.title for one in template_versions(1) if one.version == 2}


def test_the_templates_are_on_the_menu_of_those_who_keep_them_and_closed_to_the_rest(town):
    assert 'href="/administration/templates"' in signed_in(town, "dispatcher").get("/hub").content.decode()
    for name in ("worker", "officer", "checker"):
        client = signed_in(town, name)
        assert 'href="/administration/templates"' not in client.get("/hub").content.decode()
        for page in ("", "/new"):
            assert client.get(f"/administration/templates{page}").status_code == 403


def test_the_areas_of_organisations_are_named_in_english(town):
    area = town.areas["420602001"]
    area.name_en = "Zhenwushan Subdistrict"
    area.save()
    page = signed_in(town, "system_admin").get("/administration/organisations", headers=EN).content.decode()
    assert "<span>Zhenwushan Subdistrict</span>" in page
    assert f"<span>{area.name}</span>" not in page


def test_ending_a_role_names_it_and_warns_where_nobody_else_holds_it(town):
    dispatcher = town.users["dispatcher"]
    (held,) = held_by([dispatcher.pk], now=now())[dispatcher.pk]
    client = signed_in(town, "security_admin")
    client.cookies["django_language"] = "en"
    address = f"/administration/accounts/{dispatcher.pk}/roles/{held.id}/end"
    assert f"dispatcher: {ROLE[Role.STREET_DISPATCHER.value]} · " in client.get(address).content.decode()
    warning = "Nobody else holds this role there"
    assert (warning in client.post(address).content.decode()) is (held in held_alone([held], now=now()))
    second = make_user("second")
    grant(second, Role.STREET_DISPATCHER, town.areas["420602"])
    assert held_alone([held], now=now()) == []
    assert warning not in client.post(address).content.decode()
    second.is_active = False
    second.save(update_fields=["is_active"])
    town.users["far_dispatcher"].grants.update(valid_to=now())
    assert held_alone([held], now=now()) == [held]
    assert warning in client.post(address).content.decode()
