"""What the worker's device has kept and sends: answered once, by its writer alone, and a refusal says how the case stands."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.use_cases import Command, Contact, dispatch_case, note_case
from gezhi.kernel.clock import now
from tests.factories.areas import centre
from tests.factories.cases import make_town, report
from tests.factories.clients import case_at, signed_in

pytestmark = pytest.mark.django_db
LON, LAT = centre(0)


@pytest.fixture
def town():
    return make_town()


@pytest.fixture
def worker(town) -> Client:
    return signed_in(town, "worker")


def mark(client: Client) -> str:
    return client.get("/worker/queued").json()["person"]


def send(client: Client, address: str, *, person: str | None = None, **fields: str):
    headers = {"Gezhi-Person": mark(client) if person is None else person}
    return client.post(f"/worker/queued/{address}", fields, headers=headers)


def notice(**fields: str) -> dict[str, str]:
    return {"description": "井盖松动", "lon": f"{LON}", "lat": f"{LAT}", "key": str(uuid4()), **fields}


def test_the_device_learns_who_is_signed_in_and_nobody_else(town, worker):
    told = worker.get("/worker/queued").json()
    assert told["person"] == mark(signed_in(town, "worker"))
    assert told["person"] != mark(signed_in(town, "colleague"))
    assert told["token"]
    nobody = Client().get("/worker/queued")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "signed_out")


def test_a_form_that_comes_twice_is_answered_twice_and_done_once(worker):
    fields = notice()
    first, second = (send(worker, "notice", **fields) for _ in range(2))
    assert first.status_code == 200
    assert first.json() == second.json()
    assert Case.objects.get().number == first.json()["number"]


def test_what_another_account_wrote_is_not_taken(town, worker):
    answer = send(worker, "notice", person=mark(signed_in(town, "colleague")), **notice())
    assert (answer.status_code, answer.json()["code"]) == (409, "another_person")
    assert send(worker, "notice", person="", **notice()).status_code == 409
    assert not Case.objects.exists()


def test_a_step_on_a_case_that_has_moved_on_is_told_who_moved_it(town, worker):
    number = case_at(town, "handling").number
    version = Case.objects.get().version
    note_case(Command(actor=town.actor("dispatcher", now=now()), number=number, now=now(), note="请先联系居民"))
    fields = {"version": str(version), "key": str(uuid4()), "outcome": "resolved"}
    answer = send(worker, f"{number}/handle", **fields)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_version")
    stands = answer.json()["now"]
    assert (stands["version"], stands["possible"], stands["notable"]) == (version + 1, True, True)
    assert [(step["who"].split()[-1], step["note"]) for step in stands["changes"]] == [("dispatcher", "请先联系居民")]
    # The same form, for the case as it is now.
    again = send(worker, f"{number}/handle", **{**fields, "version": str(stands["version"])})
    assert again.json()["version"] == stands["version"] + 1
    assert CaseStep.objects.filter(action="handle").count() == 1


def test_a_case_that_was_given_away_tells_nothing_of_itself(town):
    number = case_at(town, "handling").number
    answer = send(signed_in(town, "stranger"), f"{number}/handle", key=str(uuid4()), outcome="resolved")
    assert (answer.status_code, answer.json()["now"]) == (404, None)
    assert answer.json()["detail"] == "工单已转给他人，或您已无权查看。"


def test_a_case_that_a_colleague_has_now_is_told_with_their_name(town, worker):
    number = case_at(town, "dispatched").number
    version = Case.objects.get().version
    hub = Command(actor=town.actor("dispatcher", now=now()), number=number, now=now())
    dispatch_case(hub, assignee_id=town.users["colleague"].pk)
    for action, fields in (("accept", {}), ("handle", {"outcome": "resolved"})):
        answer = send(worker, f"{number}/{action}", version=str(version), key=str(uuid4()), **fields)
        assert answer.status_code == 403
        assert answer.json()["detail"] == "工单已转给他人，现由colleague负责。"
        assert (answer.json()["now"]["given_to"], answer.json()["now"]["possible"]) == ("colleague", False)


def test_what_the_worker_has_in_hand_is_nobody_elses(town, worker):
    number = case_at(town, "handling").number
    answer = send(worker, f"{number}/handle", version="1", key=str(uuid4()), outcome="resolved")
    assert (answer.status_code, answer.json()["now"]["given_to"]) == (409, "")


def test_a_form_that_lacks_something_says_what(worker):
    answer = send(worker, "notice", description="井盖松动", key=str(uuid4()))
    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert not Case.objects.exists()


def test_an_open_address_leads_to_the_form(worker):
    assert worker.get("/worker/queued/notice").headers["Location"] == "/worker/notice"


def test_a_page_to_keep_names_its_reader_says_nothing_once_and_holds_no_contact(town, worker):
    number = case_at(town, "dispatched", contact=Contact(name="王小明", phone="13812341234")).number
    worker.post(f"/worker/cases/{number}/note", {"note": "看过了", "key": str(uuid4())})
    kept = worker.get(f"/worker/cases/{number}", headers={"Gezhi-Keep": "1"}).content.decode()
    assert f'data-person="{mark(worker)}"' in kept
    assert " data-as-of hidden" in kept
    assert 'class="toast"' not in kept
    assert "13812341234" not in kept
    # What was to be said once is still to be said.
    assert 'class="toast"' in worker.get("/worker").content.decode()


def test_the_manifest_speaks_the_readers_language_and_its_icons_are_there(client):
    chinese, english = (
        client.get("/app.webmanifest", headers={"Accept-Language": code}).json() for code in ("zh", "en")
    )
    assert (chinese["short_name"], english["short_name"]) == ("格治", "Gezhi")
    assert chinese["start_url"] == "/worker"
    for icon in chinese["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/"))


def test_the_service_worker_knows_all_that_pages_are_made_of(client):
    answer = client.get("/service-worker.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    script = answer.content.decode()
    told = json.loads(script.partition("=")[2].partition(";\n")[0])
    assert len(told["shell"]) > 10
    for address in told["shell"]:
        assert finders.find(address.removeprefix("/static/")), address
    assert not [line for line in script.splitlines() if line.startswith("import")]


def test_the_page_of_a_form_tells_the_same_and_keeps_the_words(town, worker):
    number = report(now=now()).number
    hub = Command(actor=town.actor("dispatcher", now=now()), number=number, now=now())
    dispatch_case(hub, assignee_id=town.users["worker"].pk)
    dispatch_case(hub, assignee_id=town.users["colleague"].pk)
    answer = worker.post(f"/worker/cases/{number}/handle", {"outcome": "resolved", "note": "已清理"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "工单已转给他人，现由colleague负责，未作任何改动。" in page
    assert f'value="/worker/cases/{number}" data-page' in page
    form = dict(re.findall(r'<input type="hidden" name="(key|note)" value="([^"]+)"', page))
    assert form["note"] == "已清理"
    assert worker.post(f"/worker/cases/{number}/note", form).status_code == 302
    bare = worker.post(f"/worker/cases/{number}/accept").content.decode()
    assert "现由colleague负责" in bare
    assert 'name="note"' not in bare
