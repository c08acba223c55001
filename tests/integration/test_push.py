"""Reporters are told on a device: the message is sealed for the browser alone, signed by the city, and sent where the city's list
says; what the push service answers decides whether it is tried again, and whether the choice ends."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured

from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.use_cases import Command, accept_case, check_case, close_case, dispatch_case, handle_case
from gezhi.contexts.telling.domain.messages import Which
from gezhi.contexts.telling.models import Choice, Delivery, Stopped
from gezhi.contexts.telling.use_cases.choose_notices import (
    MOST_OF_AN_ADDRESS,
    BrowserKeys,
    choose_notices,
    stop_notices,
    token_of,
)
from gezhi.contexts.telling.use_cases.follow_steps import follow_steps
from gezhi.contexts.telling.use_cases.send_due import send_due
from gezhi.kernel.clock import now
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.platform.access.actor import ANONYMOUS, system_actor
from gezhi.platform.audit.verify import verify
from gezhi.platform.messages.push import application_key
from gezhi.platform.messages.push_services import one_spelling
from gezhi.platform.messages.ways import Way, ways_offered
from gezhi.platform.vault.models import PersonalDataAccess, PersonalRecord
from tests.factories.cases import make_town, report
from tests.factories.push import push_service, written

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("notices")
PUBLIC = "https://gezhi.example.cn"


@pytest.fixture
def service(settings):
    with push_service() as started:
        settings.GEZHI_PUBLIC_URL = PUBLIC
        settings.GEZHI_PUSH_SERVICES = (started.host,)
        yield started


@pytest.fixture
def town():
    return make_town()


def choose(made, browser, which=Which.ALL, language="zh-hans"):
    return choose_notices(
        actor=replace(ANONYMOUS, label="resident"),
        code=made.follow_code,
        which=which,
        way=Way.PUSH,
        address=browser.endpoint,
        keys=BrowserKeys(browser.p256dh, browser.auth),
        language=language,
        now=now(),
    )


def by(town, who, made, **more):
    return Command(actor=town.actor(who, now=now()), number=made.number, now=now(), **more)


def dispatched(town, made):
    dispatch_case(by(town, "dispatcher", made), assignee_id=town.users["worker"].pk)


def run(later=timedelta()):
    follow_steps(actor=SYSTEM, now=now() + later)
    return send_due(actor=SYSTEM, now=now() + later)


def state():
    delivery = Delivery.objects.order_by("-pk")[0]
    return delivery.state, delivery.fault


def test_the_browser_reads_number_and_step_and_the_service_nothing(town, service):
    browser, made = service.subscribe(), report(now=now())
    assert choose(made, browser)
    dispatched(town, made)
    assert run() == 1
    (taken,) = service.taken
    told = json.loads(browser.opened(taken.body))
    assert told == {
        "number": made.number,
        "title": f"您的上报{made.number}：已派遣",
        "body": "",
        "language": "zh-hans",
        "stop": token_of(Choice.objects.get()),
        "stop_words": "停止这些通知",
    }
    assert taken.path == "/push/a"
    assert taken.headers["content-encoding"] == "aes128gcm"
    assert taken.headers["ttl"] == str(7 * 86_400)
    for secret in (made.number, made.follow_code, "垃圾"):
        assert secret.encode() not in taken.body + str(taken.headers).encode()
    assert state() == ("sent", "")


def test_it_is_signed_with_the_key_that_browsers_are_given(town, service):
    made = report(now=now())
    choose(made, service.subscribe())
    dispatched(town, made)
    run()
    key, claims = service.taken[0].signed()
    assert key == application_key()
    assert (claims["aud"], claims["sub"]) == (f"http://{service.host}", PUBLIC)
    assert timedelta() < timedelta(seconds=claims["exp"] - now().timestamp()) <= timedelta(hours=24)


def test_messages_are_of_one_length_and_a_newer_one_of_a_report_replaces_the_older(town, service):
    browser, first, second = service.subscribe(), report(now=now()), report(now=now())
    choose(first, browser, language="en")
    choose(second, browser)
    dispatched(town, first)
    dispatched(town, second)
    accept_case(by(town, "worker", first))
    handle_case(by(town, "worker", first), outcome=Outcome.RESOLVED)
    check_case(by(town, "checker", first))
    close_case(by(town, "dispatcher", first))
    assert run() == 6
    assert len({len(taken.body) for taken in service.taken}) == 1
    topics = {}
    for taken in service.taken:
        told = json.loads(browser.opened(taken.body))
        topics.setdefault(told["number"], set()).add(taken.headers["topic"])
    assert {number: len(found) for number, found in topics.items()} == {first.number: 1, second.number: 1}
    assert len(set.union(*topics.values())) == 2
    assert all(len(topic) <= 32 for found in topics.values() for topic in found)
    last = json.loads(browser.opened(service.taken[-1].body))
    assert last["body"] == "Tell us whether it is solved."


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_takes_no_more_ends_every_choice_of_it_and_its_address_goes(town, service, status):
    browser, other = service.subscribe(), service.subscribe("b")
    reports = [report(now=now()) for _ in range(3)]
    for made, whose in zip(reports, (browser, browser, other), strict=True):
        choose(made, whose)
    dispatched(town, reports[0])
    service.status = status
    assert run() == 0
    assert state() == ("dropped", "gone")
    assert list(Choice.objects.filter(ended_at__isnull=True).values_list("case__number", flat=True)) == [
        reports[2].number
    ]
    assert PersonalRecord.objects.filter(sealed__isnull=False).count() == 1
    dispatched(town, reports[1])
    assert run(timedelta(hours=1)) == 0
    assert len(service.taken) == 1
    assert list(verify()) == []
    # Whoever allows it once more is told once more.
    service.status = 201
    assert choose(reports[1], service.subscribe())
    accept_case(by(town, "worker", reports[1]))
    assert run(timedelta(hours=1)) == 1


@pytest.mark.parametrize(
    ("status", "told", "expected"),
    [
        (429, {"Retry-After": "60"}, ("waiting", "busy")),
        (503, {"Retry-After": "60"}, ("waiting", "busy")),
        (500, {}, ("unclear", "gateway_failed")),
        (502, {}, ("unclear", "gateway_failed")),
        (400, {}, ("failed", "refused")),
        (403, {}, ("failed", "refused")),
        (413, {}, ("failed", "refused")),
    ],
)
def test_what_the_service_answers_decides_as_with_the_other_ways(town, service, status, told, expected):
    made = report(now=now())
    choose(made, service.subscribe())
    dispatched(town, made)
    service.status, service.told = status, told
    assert run() == 0
    assert state() == expected
    assert Choice.objects.get().ended_at is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(town, service, status):
    made = report(now=now())
    choose(made, service.subscribe())
    dispatched(town, made)
    service.status, service.told = status, {"Location": f"http://{service.host}/elsewhere"}
    run()
    assert [taken.path for taken in service.taken] == ["/push/a"]
    assert state() == ("failed", "refused")


@pytest.mark.parametrize("status", [201, 500])
def test_an_answer_without_end_is_not_read(town, service, status):
    made = report(now=now())
    choose(made, service.subscribe())
    dispatched(town, made)
    service.status, service.endless = status, True
    run()
    assert state() == (("sent", "") if status == 201 else ("unclear", "gateway_failed"))


def test_a_service_that_is_not_there_is_tried_again(town, service, settings):
    with push_service() as gone:
        browser = gone.subscribe()
    settings.GEZHI_PUSH_SERVICES = (gone.host,)
    made = report(now=now())
    choose(made, browser)
    dispatched(town, made)
    run()
    assert state() == ("waiting", "no_server")


def test_a_service_that_was_taken_from_the_list_is_sent_nothing(town, service, settings):
    made = report(now=now())
    choose(made, service.subscribe())
    dispatched(town, made)
    settings.GEZHI_PUSH_SERVICES = ("fcm.googleapis.com",)
    run()
    assert service.taken == []
    assert state() == ("failed", "not_listed")


def test_what_is_no_subscription_is_refused_and_nothing_is_kept(town, service):
    made, browser = report(now=now()), service.subscribe()
    off_the_curve = "B" + "A" * 86
    wrong = [
        (replace(browser, endpoint="https://gezhi.example.cn/x"), "unknown_push_service"),
        (replace(browser, endpoint="http://127.0.0.1:1/x"), "unknown_push_service"),
        (replace(browser, endpoint=""), "bad_subscription"),
        (replace(browser, secret=b"short"), "bad_subscription"),
    ]
    for one, code in wrong:
        with pytest.raises(InvalidInput) as refused:
            choose(made, one)
        assert refused.value.code == code
    for p256dh, auth in (
        (off_the_curve, browser.auth),
        ("", browser.auth),
        ("é", browser.auth),
        (browser.p256dh, "=="),
        # Half of a point, which a library makes whole, and keys of no length that a browser gives.
        (written(browser.private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)), browser.auth),
        (browser.p256dh + "=" * 100_000, browser.auth),
        (browser.p256dh, browser.auth + "=" * 100_000),
    ):
        with pytest.raises(InvalidInput) as refused:
            choose_notices(
                actor=ANONYMOUS,
                code=made.follow_code,
                which=Which.ALL,
                way=Way.PUSH,
                address=browser.endpoint,
                keys=BrowserKeys(p256dh, auth),
                language="en",
                now=now(),
            )
        assert refused.value.code == "bad_subscription"
    assert Choice.objects.count() == PersonalRecord.objects.count() == 0


def test_an_address_with_something_written_after_it_counts_as_the_same(town, service):
    browser = service.subscribe()
    for number in range(MOST_OF_AN_ADDRESS):
        choose(report(now=now()), replace(browser, endpoint=f"{browser.endpoint}?n={number}"))
    with pytest.raises(Conflict) as refused:
        choose(report(now=now()), browser)
    assert refused.value.code == "too_many_for_address"


def test_a_service_that_tells_browsers_apart_in_the_query_has_many_addresses():
    way = "https://wns2-sg2p.notify.windows.com/w/"
    assert one_spelling(f"{way}?token=A") != one_spelling(f"{way}?token=B")
    assert one_spelling(f"{way}?token=A&x=1") == one_spelling(f"{way}?x=2&token=A") == one_spelling(f"{way}?token=A#b")
    other = "https://fcm.googleapis.com"
    assert one_spelling(f"{other}:443/fcm/send/a:b?x") == one_spelling(f"{other}/fcm/send/%61:b#y")
    assert one_spelling(f"{other}/fcm/send/a") != one_spelling(f"{other}/fcm/send/b")


def test_it_lies_in_the_vault_with_an_end_each_look_is_on_record_and_it_goes_with_the_rest(client, town, service):
    made, browser = report(now=now()), service.subscribe()
    choose(made, browser)
    dispatched(town, made)
    run()
    record = PersonalRecord.objects.get()
    assert (record.purpose, record.subject_id) == ("notices", made.number)
    assert record.expires_at > now()
    assert browser.endpoint.encode() not in bytes(record.sealed)
    (look,) = PersonalDataAccess.objects.all()
    assert (look.actor_label, look.action) == ("notices", "read")
    page = client.get(f"/follow/{made.follow_code}/data").content.decode()
    assert browser.endpoint in page
    assert "浏览器的通知地址" in page
    assert browser.auth not in page
    assert client.post(f"/follow/{made.follow_code}/erase").status_code == 302
    assert not PersonalRecord.objects.filter(sealed__isnull=False).exists()
    accept_case(by(town, "worker", made))
    assert run() == 0
    assert list(verify()) == []


def test_the_link_in_a_message_stops_it_and_the_same_device_may_choose_it_again(town, service):
    made, browser = report(now=now()), service.subscribe()
    choose(made, browser)
    assert stop_notices(actor=SYSTEM, token=token_of(Choice.objects.get()), now=now())
    assert not PersonalRecord.objects.filter(sealed__isnull=False).exists()
    assert not Stopped.objects.exists()
    assert choose(made, browser)


def test_the_form_of_the_page_offers_it_hidden_and_takes_what_the_browser_gave(client, town, service):
    made, browser = report(now=now()), service.subscribe()
    page = client.get(f"/follow/{made.follow_code}").content.decode()
    assert f'hidden key="{application_key()}"' in page.replace("\n", " ")
    assert '<details class="card fold" id="notices" hidden>' in page, "without a script there is no way to choose"
    address = f"/follow/{made.follow_code}/notices"
    asked = {"which": "all", "way": "push", "address": ""}
    bare = client.post(address, asked)
    assert bare.status_code == 422
    assert "浏览器还没有获准显示通知" in bare.content.decode()
    elsewhere = {**asked, "endpoint": "https://10.0.0.1/x", "p256dh": browser.p256dh, "auth": browser.auth}
    refused = client.post(address, elsewhere)
    assert refused.status_code == 422
    assert "请改用其他方式" in refused.content.decode()
    given = {**elsewhere, "endpoint": browser.endpoint}
    assert client.post(address, given).status_code == 302
    assert Choice.objects.get().way == "push"
    page = client.get(f"/follow/{made.follow_code}").content.decode()
    assert "目前在您允许通知的设备上通知您" in page
    assert client.post(address, {"which": "none"}).status_code == 302
    assert Choice.objects.get().ended_at is not None


def test_a_page_that_offers_it_can_be_put_on_a_home_screen_and_begins_with_itself(client, town, service, settings):
    address, link = f"/follow/{report(now=now()).follow_code}", 'rel="manifest" href="/follow.webmanifest"'
    assert link in client.get(address).content.decode()
    found = client.get("/follow.webmanifest").json()
    assert (found["display"], found["short_name"]) == ("standalone", "格治")
    assert "start_url" not in found
    settings.GEZHI_PUSH_SERVICES = ()
    assert link not in client.get(address).content.decode()


def test_operations_see_that_it_is_set_up(client, town, service):
    client.force_login(town.users["operations"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/operations/messages").content.decode()
    assert "已开通的方式" in page
    assert '<span class="chip">浏览器推送</span>' in page


def test_it_is_offered_where_browsers_can_be_asked(service, settings):
    assert Way.PUSH in ways_offered()
    for public in ("http://gezhi.example.cn", ""):
        settings.GEZHI_PUBLIC_URL = public
        assert Way.PUSH not in ways_offered()
    settings.GEZHI_PUBLIC_URL = "http://127.0.0.1:8000"
    assert Way.PUSH in ways_offered()
    settings.GEZHI_PUSH_SERVICES = ()
    assert Way.PUSH not in ways_offered()


def test_without_its_key_it_is_not_offered_and_another_key_is_never_made_in_silence(service, settings, tmp_path):
    settings.ENV = replace(settings.ENV, home=tmp_path)
    assert Way.PUSH not in ways_offered()
    with pytest.raises(ImproperlyConfigured):
        application_key()
    settings.ENV.make_key("push")
    assert Way.PUSH in ways_offered()
    first = application_key()
    settings.ENV.make_key("push")
    assert application_key() == first
