"""The pages and the API of powers at streets, and what the public is shown of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from gezhi.contexts.powers.models import Holding, HoldingStep
from gezhi.contexts.powers.use_cases import claim_power, give_power_back, grant_claim, take_power_back, withdraw_power
from gezhi.contexts.powers.use_cases.register_powers import register_powers
from gezhi.interfaces.web.verb_words import verb_choices
from gezhi.kernel import clock
from gezhi.platform.access.policies import load, may
from tests.factories.cases import MONDAY, SYSTEM, report
from tests.factories.clients import signed_in
from tests.factories.powers import ITEM, delegated, make_register

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}


@pytest.fixture
def register():
    return make_register(delegated(), delegated(code="XY-002", name="监督检查", name_en="Inspection"))


def words(answer):
    return answer.content.decode().split("<main")[1]


def asked(register, code="XY-001", name="dispatcher", note="街道已有执法人员"):
    claim_power(register.by(name, register.at(code), now=clock.now(), note=note))
    return register.at(code)


def form(client, number, action, **fields):
    page = client.get(f"/powers/streets/{number}/{action}")
    given = {name: page.context["form"][name].value() for name in ("key", "version")}
    return client.post(f"/powers/streets/{number}/{action}", given | {"note": ""} | fields)


def test_a_street_asks_by_a_form_and_the_city_answers_by_another(register):
    street, city = signed_in(register.town, "dispatcher"), signed_in(register.town, "operations")
    number = register.at().number
    refused = form(street, number, "claim")
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["note"])
    assert form(street, number, "claim", note="街道已有执法人员").url == f"/powers/streets/{number}"
    waiting = city.get("/powers/streets", headers=EN)
    assert [one.row["number"] for one in waiting.context["powers"]] == [number]
    assert "街道已有执法人员" in words(waiting)
    assert f"/powers/streets/{number}/grant" in words(waiting)
    assert "街道已有执法人员" not in words(street.get("/powers")) + words(
        street.get(f"/powers/{register.at().power_id}")
    )
    late = form(city, number, "grant", first_day="2099-01-02", last_day="2099-01-01")
    assert (late.status_code, list(late.context["form"].errors)) == (422, ["last_day"])
    today = clock.now().date().isoformat()
    assert form(city, number, "grant", last_day="2099-12-31", basis="确认书").status_code == 302
    holding = register.at()
    assert (holding.status, holding.basis, holding.valid_from.date().isoformat()) == ("claimed", "确认书", today)
    told = words(street.get(f"/powers/streets/{number}", headers=EN))
    assert all(text in told for text in ("31 December 2099", "确认书", "Granted to the street", "街道已有执法人员"))


def test_each_is_offered_what_the_table_lets_them_do(register):
    number = asked(register).number
    asked(register, "XY-002", "both")
    other = register.at("XY-002").number

    def offered(name):
        page = signed_in(register.town, name).get("/powers/streets?all=1")
        return {one.row["number"]: [step.action for step in one.steps] for one in page.context["powers"]}

    assert offered("dispatcher") == {number: [], other: []}
    assert offered("operations") == {number: ["grant", "refuse"], other: ["grant", "refuse"]}
    # Who asked does not answer.
    assert offered("both") == {number: ["grant", "refuse"], other: []}
    assert offered("planner") == {number: [], other: []}


@pytest.mark.parametrize("name", ["worker", "officer", "checker", "resident", "system_admin"])
def test_the_pages_are_for_those_who_ask_and_answer(register, name):
    client = signed_in(register.town, name)
    for address in ("/powers/streets", "/powers/streets/failing", f"/powers/streets/{register.at().number}"):
        assert client.get(address).status_code == 403
    assert client.post(f"/powers/streets/{register.at().number}/claim").status_code == 403
    assert client.get("/powers").status_code == 200


def test_nobody_without_an_account_gets_in(client, register):
    for address in ("/powers/streets", f"/powers/streets/{register.at().number}/claim"):
        assert "/login" in client.get(address).url


def test_a_dispatcher_of_another_street_knows_of_none(register):
    client = signed_in(register.town, "far_dispatcher")
    assert client.get("/powers/streets").context["powers"] == []
    for address in (f"/powers/streets/{register.at().number}", f"/powers/streets/{register.at().number}/claim"):
        assert client.get(address).status_code == 404
    assert client.get("/powers/streets/9-9").status_code == 404
    assert (
        signed_in(register.town, "dispatcher").get(f"/powers/streets/{register.at().number}/enter").status_code == 404
    )


def test_the_list_is_narrowed_by_status_and_words_and_says_so(register):
    asked(register)
    client = signed_in(register.town, "dispatcher")

    def codes(query):
        return [one.row["power_code"] for one in client.get(f"/powers/streets{query}").context["powers"]]

    assert codes("") == ["XY-001", "XY-002"]
    assert codes("?waiting=1") == codes("?status=asked") == ["XY-001"]
    assert codes("?q=监督") == codes("?status=delegated") == codes("?q=inspec") == ["XY-002"]
    assert codes(f"?street_id={register.street.pk}&q=xy-002") == ["XY-002"]
    assert codes("?q=没有") == []
    assert client.get("/powers/streets?status=nonsense").status_code == 422
    page = client.get("/powers/streets?q=XY-002")
    assert [(choice.count, choice.chosen) for choice in page.context["choices"]] == [(0, False), (1, False)]


def test_where_nothing_waits_the_list_begins_with_what_there_is(register):
    city = signed_in(register.town, "operations")
    first = city.get("/powers/streets")
    assert {one.row["power_code"] for one in first.context["powers"]} == {"XY-001", "XY-002"}
    assert first.context["all_chosen"]
    number = asked(register).number
    waiting = city.get("/powers/streets")
    assert [one.row["number"] for one in waiting.context["powers"]] == [number]


def test_pages_of_the_list_follow_each_other(register, monkeypatch):
    monkeypatch.setattr("gezhi.interfaces.web.powers.views.PER_PAGE", 1)
    client = signed_in(register.town, "dispatcher")
    first = client.get("/powers/streets")
    rest = client.get(f"/powers/streets{first.context['next']}")
    numbers = [page.context["powers"][0].row["number"] for page in (first, rest)]
    assert set(numbers) == set(Holding.objects.values_list("number", flat=True))
    assert rest.context["next"] is None


def test_the_public_is_told_where_it_lies_since_when_and_not_who_asked(client):
    register = make_register(ITEM, delegated(code="XY-002"))
    give_power_back(register.by("dispatcher", register.at(), note="人手不足"))
    page = client.get(f"/powers/{register.at().power_id}", headers=EN)
    told = words(page)
    for text in ("Return asked for", "1 January 2026", "鄂政发〔2021〕9号", "at 1 of 1 street"):
        assert text in told
    assert "人手不足" not in told
    assert "dispatcher" not in told
    take_power_back(register.by("operations", register.at()))
    told = words(client.get(f"/powers/{register.at().power_id}", headers=EN))
    assert ("Returned" in told, "2 March 2026" in told, "at 0 of 1 street" in told) == (True, True, True)
    found = client.get("/powers?status=returned").context["found"]
    assert ([one.code for one in found.rows], found.total, found.everything) == (["XY-001"], 1, 2)
    assert client.get("/powers/999999").status_code == 404
    assert client.get(f"/powers/{10**30}").status_code == 404


def test_one_query_finds_where_the_items_of_a_page_lie(client, register, django_assert_max_num_queries):
    client.get("/powers")
    with django_assert_max_num_queries(9):
        client.get("/powers")


def test_who_settles_it_says_what_the_street_does_not_hold(client):
    register = make_register(ITEM)
    where = {"class_code": "E0107", "community": register.town.areas["420602001001"].pk}
    assert client.get("/who", where).context["passed_over"] is None
    withdraw_power(register.by("operations", register.at()))
    page = client.get("/who", where, headers=EN)
    assert (page.context["body"].name, page.context["passed_over"].name) == ("sanitation", "street")
    told = words(page)
    assert "does not hold all powers" in told
    assert "So it goes to sanitation, from which they were delegated." in told
    assert [(one.power.code, str(one.status), one.lost) for one in page.context["powers"]] == [
        ("XY-001", "Withdrawn", True)
    ]
    # In Chinese too.
    assert "不再具有" in words(client.get("/who", where))


def test_the_api_lists_shows_and_acts(register):
    street, city = signed_in(register.town, "dispatcher"), signed_in(register.town, "operations")
    number, sent = register.at().number, {"content_type": "application/json"}
    listed = street.get("/api/v1/powers?q=XY-001").json()
    assert [(item["number"], item["status"]) for item in listed["items"]] == [(number, "delegated")]
    assert street.get("/api/v1/powers/count?status=delegated").json() == {"count": 2}
    address = f"/api/v1/powers/{number}/actions"
    assert street.post(f"{address}/claim", {}, **sent).json()["code"] == "reason_missing"
    assert street.post(f"{address}/claim", {"note": "有人手"}, **sent).json()["status"] == "asked"
    assert street.post(f"{address}/grant", {}, **sent).status_code == 403
    assert city.post(f"{address}/grant", {"last_day": "soon"}, **sent).status_code == 422
    key = {"headers": {"Idempotency-Key": str(uuid4())}}
    body = {"last_day": "2099-12-31"}
    first = city.post(f"{address}/grant", body, **sent, **key).json()
    assert (first["status"], city.post(f"{address}/grant", body, **sent, **key).json()) == ("claimed", first)
    assert city.post(f"{address}/extend", {"note": "x"}, **sent).json()["code"] == "field_missing"
    shown = city.get(f"/api/v1/powers/{number}").json()
    assert shown["actions"] == ["extend", "withdraw"]
    assert [step["action"] for step in shown["history"]] == ["enter", "claim", "grant"]
    assert HoldingStep.objects.filter(holding__number=number).count() == 3


def test_a_stranger_is_told_nothing_by_the_api(client, register):
    assert client.get("/api/v1/powers").json()["items"] == []
    assert client.get(f"/api/v1/powers/{register.at().number}").status_code == 404


def test_access_explains_itself(register):
    holding = asked(register, name="both")
    assert load(f"power:{holding.number}") == holding
    decision = may(register.town.actor("both"), "grant", holding)
    assert (bool(decision), str(decision.reasons[-1])) == (False, "Whoever asked for it does not decide on it.")
    late = may(register.town.actor("operations"), "withdraw", holding)
    assert str(late.reasons[-1]) == "A power that is 'asked' has no 'withdraw'."
    with translation.override("zh-hans"):
        groups = {str(name): dict(verbs) for name, verbs in verb_choices()}
        assert str(groups["街道赋权"]["give_back"]) == "申请交回"


def test_a_grant_that_has_run_out_is_told_as_ended(register):
    holding = asked(register)
    grant_claim(register.by("operations", holding, now=clock.now()), last_day=clock.now().date() + timedelta(days=1))
    Holding.objects.update(valid_from=clock.now() - timedelta(days=2), valid_to=clock.now() - timedelta(days=1))
    (one,) = signed_in(register.town, "dispatcher").get("/powers/streets?status=claimed").context["powers"]
    assert (one.lie, one.tone) == ("ended", "warn")


def test_whoever_dispatches_is_told_also_of_a_case_from_before(register):
    """A case keeps what it was given; the hand that gives it on must know what has changed since."""
    register_powers(actor=SYSTEM, rows=[replace(ITEM, code="XY-009")], now=MONDAY)
    made = report(class_code="E0107")
    client = signed_in(register.town, "dispatcher")
    address, said = f"/hub/cases/{made.number}/forms/dispatch", "does not hold all powers over this today"
    assert said not in client.get(address, headers=EN).content.decode()
    withdraw_power(register.by("operations", register.at("XY-009")))
    page = client.get(address, headers=EN).content.decode()
    assert (said in page, "XY-009" in page, made.organisation) == (True, True, "street")
