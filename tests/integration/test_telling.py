"""Reporters are told of the steps that they chose: once each, in their language, and never anybody's words or name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail

from gezhi.contexts.cases.domain.states import Outcome, Urgency
from gezhi.contexts.cases.use_cases import (
    Command,
    Contact,
    accept_case,
    check_case,
    close_case,
    correct_case,
    dispatch_case,
    handle_case,
    merge_case,
    return_case,
)
from gezhi.contexts.telling.domain.messages import KEY, TOLD, State, Which
from gezhi.contexts.telling.models import Choice, Delivery
from gezhi.contexts.telling.use_cases.choose_notices import choose_notices, end_choices, stop_notices, token_of
from gezhi.contexts.telling.use_cases.follow_steps import follow_steps
from gezhi.contexts.telling.use_cases.forget_reporter import forget_reporter
from gezhi.contexts.telling.use_cases.send_due import send_due
from gezhi.contexts.telling.use_cases.try_again import try_again
from gezhi.kernel.clock import now
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gezhi.platform.access.actor import ANONYMOUS, system_actor
from gezhi.platform.audit.verify import verify
from gezhi.platform.messages import ways
from gezhi.platform.messages.ways import OUTBOX, MaybeSent, NotSent, Way
from gezhi.platform.vault.models import PersonalDataAccess, PersonalRecord
from tests.factories.cases import make_town, report

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("notices")


@pytest.fixture(autouse=True)
def _set_up(settings):
    settings.GEZHI_PUBLIC_URL = "https://gezhi.example.cn"
    settings.GEZHI_SMS_URL = "outbox:"
    settings.MAIL_IS_SET_UP = True
    OUTBOX.clear()


@pytest.fixture
def town():
    return make_town()


def choose(made, which=Which.ALL, way=Way.SMS, address="13812341234", language="zh-hans", at=None):
    actor = replace(ANONYMOUS, label="resident")
    return choose_notices(
        actor=actor, code=made.follow_code, which=which, way=way, address=address, language=language, now=at or now()
    )


def by(town, who, made, **more):
    return Command(actor=town.actor(who, now=now()), number=made.number, now=now(), **more)


def run(later=timedelta()):
    """What the job does each minute."""
    follow_steps(actor=SYSTEM, now=now() + later)
    return send_due(actor=SYSTEM, now=now() + later)


def taken_up(town, made):
    dispatch_case(by(town, "dispatcher", made), assignee_id=town.users["worker"].pk)
    accept_case(by(town, "worker", made))


def closed(town, made):
    taken_up(town, made)
    handle_case(by(town, "worker", made, note="已清运，李师傅"), outcome=Outcome.RESOLVED)
    check_case(by(town, "checker", made))
    close_case(by(town, "dispatcher", made))


def test_each_step_is_told_once_with_number_step_and_a_way_to_stop(town):
    made = report(now=now(), contact=Contact(name="王小明", phone="13900001111"))
    assert choose(made)
    taken_up(town, made)
    assert run() == 2
    assert run() == 0
    assert [message.to for message in OUTBOX] == ["13812341234"] * 2
    first = OUTBOX[0].text
    assert made.number in first
    assert "已派遣" in first
    stop = f"https://gezhi.example.cn/stop/{token_of(Choice.objects.get())}"
    assert stop in first
    for secret in ("垃圾", "王小明", "13900001111", made.follow_code, "worker", "dispatcher"):
        assert secret not in first + OUTBOX[1].text


def test_a_correction_is_told_where_it_changes_what_the_reporter_sees(town):
    made = report(now=now())
    assert choose(made)
    correct_case(by(town, "dispatcher", made, note="紧急"), urgency=Urgency.URGENT)
    correct_case(by(town, "dispatcher", made, note="紧急"), urgency=Urgency.URGENT)
    assert run() == 1
    assert "类别、位置或紧急程度已更正" in OUTBOX[0].text


def test_who_wants_the_few_is_told_of_those_and_asked_at_the_end(town):
    made = report(now=now())
    choose(made, Which.KEY)
    closed(town, made)
    run()
    assert [delivery.action for delivery in Delivery.objects.order_by("event_id")] == ["handle", "close"]
    assert "是否已经解决" in OUTBOX[-1].text
    assert "李师傅" not in "".join(message.text for message in OUTBOX)
    assert KEY < TOLD
    assert not {"report", "add", "rate", "withdraw", "not_solved", "note"} & TOLD


def test_by_mail_and_in_the_language_in_which_it_was_chosen(town):
    made = report(now=now())
    choose(made, way=Way.EMAIL, address=" someone@example.org ", language="en")
    taken_up(town, made)
    run()
    sent = mail.outbox[0]
    assert (sent.to, sent.subject) == (["someone@example.org"], f"Your report {made.number}: Dispatched")
    assert "To stop these messages: https://gezhi.example.cn/stop/" in sent.body
    assert OUTBOX == []


def test_what_happened_before_is_no_news_and_chosen_anew_it_goes_there_alone(town):
    made = report(now=now())
    dispatch_case(by(town, "dispatcher", made), assignee_id=town.users["worker"].pk)
    later = now() + timedelta(seconds=1)
    choose(made, at=later)
    choose(made, address="13900009999", at=later)
    accept_case(Command(actor=town.actor("worker"), number=made.number, now=later + timedelta(seconds=1)))
    run(timedelta(minutes=1))
    assert [message.to for message in OUTBOX] == ["13900009999"]
    assert PersonalRecord.objects.filter(purpose="notices", sealed__isnull=False).count() == 1


def test_a_report_that_goes_with_another_is_told_of_that_ones_steps(town):
    main, second = report(now=now()), report(now=now())
    choose(second)
    dispatch_case(by(town, "dispatcher", main), assignee_id=town.users["worker"].pk)
    run()
    assert OUTBOX == [], "what the other did before is not told"
    merge_case(by(town, "dispatcher", second), into=main.number)
    accept_case(by(town, "worker", main))
    run()
    handle_case(by(town, "worker", main), outcome=Outcome.RESOLVED)
    check_case(by(town, "checker", main))
    run()
    close_case(by(town, "dispatcher", main))
    run()
    actions = [delivery.action for delivery in Delivery.objects.order_by("event_id")]
    assert actions == ["merge", "accept", "handle", "check", "closed_along"]
    assert all(second.number in message.text for message in OUTBOX)
    assert main.number not in "".join(message.text for message in OUTBOX)


@pytest.mark.parametrize(
    ("way", "address", "code"),
    [
        (Way.SMS, "12345", "bad_mobile"),
        (Way.SMS, "", "bad_mobile"),
        (Way.EMAIL, "nobody", "bad_email"),
        (Way.EMAIL, "a@b.cn\nBcc: c@d.cn", "bad_email"),
        (Way.EMAIL, "a" * 200 + "@b.cn", "bad_email"),
    ],
)
def test_what_is_no_address_is_refused(town, way, address, code):
    made = report(now=now())
    with pytest.raises(InvalidInput) as refused:
        choose(made, way=way, address=address)
    assert refused.value.code == code
    assert Choice.objects.count() == PersonalRecord.objects.count() == 0


def test_a_way_that_is_not_set_up_is_not_offered(town, settings):
    settings.GEZHI_PUBLIC_URL = ""
    with pytest.raises(InvalidInput) as refused:
        choose(report(now=now()))
    assert refused.value.code == "way_not_set_up"


def test_nobody_tries_addresses_without_end(town):
    made = report(now=now())
    for number in range(12):
        choose(made, address=f"138123412{number:02}")
    with pytest.raises(Conflict):
        choose(made)
    with pytest.raises(NotFound):
        choose(replace(made, follow_code="000000000000"))


def test_the_link_in_a_message_stops_it_and_the_address_goes(town):
    made = report(now=now())
    choose(made)
    taken_up(town, made)
    follow_steps(actor=SYSTEM, now=now())
    token = token_of(Choice.objects.get())
    assert stop_notices(actor=SYSTEM, token=token, now=now())
    assert not stop_notices(actor=SYSTEM, token=token, now=now())
    assert run() == 0
    assert OUTBOX == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {"dropped"}
    assert PersonalRecord.objects.get().sealed is None
    for wrong in ("", "1", f"{token[:-1]}{'A' if token[-1] != 'A' else 'B'}", "999999-ABCDEFGHJKMNPQRS", "²-AAAA"):
        with pytest.raises(NotFound):
            stop_notices(actor=SYSTEM, token=wrong, now=now())


def fails_with(monkeypatch, *errors):
    """The gateway fails so often, in turn, then takes everything."""
    waiting = list(errors)

    def sender(message):
        if waiting:
            raise waiting.pop(0)
        OUTBOX.append(message)

    monkeypatch.setitem(ways._SENDERS, Way.SMS, sender)


def one_step(town):
    made = report(now=now())
    choose(made)
    dispatch_case(by(town, "dispatcher", made), assignee_id=town.users["worker"].pk)
    return made


def test_what_surely_did_not_leave_is_tried_again_later_each_time(town, monkeypatch):
    one_step(town)
    fails_with(monkeypatch, *[NotSent("busy", again=True)] * 3)
    waits = []
    later = timedelta()
    for _ in range(3):
        run(later)
        delivery = Delivery.objects.get()
        waits.append(delivery.next_at - (now() + later))
        assert (delivery.state, delivery.fault) == ("waiting", "busy")
        assert run(later) == 0, "not before its time"
        later += waits[-1] + timedelta(seconds=30)
    assert [round(wait.total_seconds() / 60) for wait in waits] == [1, 5, 30]
    assert run(later) == 1
    assert (Delivery.objects.get().state, Delivery.objects.get().tries) == ("sent", 4)


def test_after_six_tries_it_failed_and_operations_send_it_again(town, monkeypatch):
    one_step(town)
    fails_with(monkeypatch, *[NotSent("no_server", again=True)] * 6)
    later = timedelta()
    for _ in range(6):
        run(later)
        later += timedelta(hours=9)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries, delivery.next_at) == ("failed", 6, None)
    with pytest.raises(NotAllowed):
        try_again(actor=town.actor("dispatcher", now=now()), delivery_id=delivery.pk, now=now())
    try_again(actor=town.actor("operations", now=now()), delivery_id=delivery.pk, now=now())
    assert run() == 1
    with pytest.raises(Conflict):
        try_again(actor=town.actor("operations", now=now()), delivery_id=delivery.pk, now=now())
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("error", "state"), [(MaybeSent("line_broke"), "unclear"), (NotSent("refused", again=False), "failed")]
)
def test_what_may_have_arrived_or_never_will_is_not_tried_again(town, monkeypatch, error, state):
    one_step(town)
    fails_with(monkeypatch, error)
    run()
    assert Delivery.objects.get().state == state
    assert run(timedelta(days=1)) == 0
    assert OUTBOX == []


def test_a_process_that_is_killed_while_it_sends_does_not_tell_twice(town, monkeypatch):
    one_step(town)

    def killed(message):
        OUTBOX.append(message)
        raise KeyboardInterrupt

    monkeypatch.setitem(ways._SENDERS, Way.SMS, killed)
    with pytest.raises(KeyboardInterrupt):
        run()
    monkeypatch.undo()
    assert Delivery.objects.get().state == "sending"
    assert run(timedelta(minutes=11)) == 0
    assert (Delivery.objects.get().state, len(OUTBOX)) == (State.UNCLEAR, 1)


def test_each_look_of_the_program_at_the_address_is_on_record(town):
    made = one_step(town)
    run()
    (look,) = PersonalDataAccess.objects.all()
    assert (look.actor_label, look.action, look.record.subject_id) == ("notices", "read", made.number)
    return_case(by(town, "worker", made, note="不归我管"))
    run()
    assert "不归我管" not in OUTBOX[-1].text


def test_all_that_is_held_goes_at_the_reporters_word_with_a_certificate(client, town):
    made = report(now=now(), contact=Contact(name="王小明", phone="13900001111"))
    choose(made)
    dispatch_case(by(town, "dispatcher", made), assignee_id=town.users["worker"].pk)
    page = client.get(f"/follow/{made.follow_code}/data").content.decode()
    assert "13812341234" in page.split("将被删除的内容")[1].split("</ul>")[0]
    assert client.post(f"/follow/{made.follow_code}/erase").status_code == 302
    assert not PersonalRecord.objects.filter(sealed__isnull=False).exists()
    page = client.get(f"/follow/{made.follow_code}/data").content.decode()
    assert "删除证明" in page
    assert "13812341234" not in page
    assert not forget_reporter(actor=ANONYMOUS, code=made.follow_code, now=now())
    run()
    assert OUTBOX == []
    assert list(verify()) == []


def test_the_form_on_the_page_and_the_page_of_the_link(client, town):
    made = report(now=now())
    page = client.get(f"/follow/{made.follow_code}?sent=1").content.decode()
    assert 'id="notices" open' in page
    address = f"/follow/{made.follow_code}/notices"
    wrong = client.post(address, {"which": "all", "way": "sms", "address": ""})
    assert wrong.status_code == 422
    assert "请填写接收通知的地址或号码" in wrong.content.decode()
    assert client.post(address, {"which": "all", "way": "sms", "address": "138 1234 1234"}).status_code == 302
    assert "目前通过短信通知您" in client.get(f"/follow/{made.follow_code}").content.decode()
    token = token_of(Choice.objects.get())
    assert Choice.objects.filter(ended_at__isnull=True).exists()
    assert client.get(f"/stop/{token}").status_code == 200
    assert Choice.objects.filter(ended_at__isnull=True).exists(), "a program that opens links stops nothing"
    assert "通知已停止" in client.post(f"/stop/{token}/now", follow=True).content.decode()
    assert client.get("/stop/1-nothing").status_code == 404
    assert client.post(address, {"which": "none"}).status_code == 302


def test_an_address_that_would_be_dropped_is_refused_with_words(client, town):
    made = report(now=now())
    address = f"/follow/{made.follow_code}/notices"
    answer = client.post(address, {"which": "none", "way": "sms", "address": "138 1234 1234"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "您填写了接收地址或号码：请选择何时通知您；如不需要通知，请清空该项。" in page
    assert "138 1234 1234" in page
    assert not Choice.objects.exists()
    assert "选填" not in page.partition('id="notices"')[2].partition("</form>")[0]


def test_the_list_of_looks_names_what_the_program_did_as_what_it_is(client, town):
    made = one_step(town)
    run()
    page = client.get(f"/follow/{made.follow_code}/data").content.decode()
    looks = page.partition('<h2 id="looks">')[2]
    assert "程序自动使用，无人查看： 向您通知办理进展" in looks
    assert "to tell of a step" not in looks
    assert "<table" not in looks
    end_choices(actor=SYSTEM, number=made.number, reason="test", now=now())
    english = client.get(f"/follow/{made.follow_code}/data", headers={"Accept-Language": "en"}).content.decode()
    assert "Used it, seen by nobody: to tell you of a step" in english
    assert "<span>Erased it</span>" in english


def test_the_page_of_the_link_names_the_report_and_offers_to_keep_the_messages(client, town):
    made = report(now=now())
    choose(made)
    page = client.get(f"/stop/{token_of(Choice.objects.get())}").content.decode()
    assert made.number in page
    assert "继续接收" in page


def test_operations_see_what_did_not_arrive_and_neither_address_nor_words(client, town, monkeypatch):
    made = one_step(town)
    fails_with(monkeypatch, NotSent("refused", again=False))
    run()
    client.force_login(town.users["operations"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/operations/messages").content.decode()
    assert made.number in page
    assert "地址被拒收" in page
    assert "13812341234" not in page
    assert client.post(f"/operations/messages/{Delivery.objects.get().pk}/again").status_code == 302
    assert run() == 1
