"""Messages to reporters: who stopped them is left alone, a choice made anew loses none, and a bad one holds up no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gezhi.contexts.cases.use_cases import Command, accept_case, dispatch_case
from gezhi.contexts.telling.domain.messages import State, Which
from gezhi.contexts.telling.models import Choice, Delivery
from gezhi.contexts.telling.use_cases import choose_notices as choosing
from gezhi.contexts.telling.use_cases import send_due as sending
from gezhi.contexts.telling.use_cases.choose_notices import choose_notices, stop_notices, token_of
from gezhi.contexts.telling.use_cases.follow_steps import follow_steps
from gezhi.contexts.telling.use_cases.send_due import send_due
from gezhi.kernel.clock import now
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.platform.access.actor import ANONYMOUS, system_actor
from gezhi.platform.messages.ways import OUTBOX, Message, NotSent, Way, letter_of
from tests.factories.cases import make_town, report

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("notices")


@pytest.fixture(autouse=True)
def _set_up(settings):
    settings.GEZHI_PUBLIC_URL = "https://gezhi.example.cn"
    settings.GEZHI_SMS_URL = "outbox:"
    settings.MAIL_IS_SET_UP = True
    OUTBOX.clear()


def choose(made, address="13812341234", way=Way.SMS, at=None):
    actor, code = replace(ANONYMOUS, label="resident"), made.follow_code
    when = at or now()
    return choose_notices(
        actor=actor, code=code, which=Which.ALL, way=way, address=address, language="zh-hans", now=when
    )


def dispatched(town, made):
    command = Command(actor=town.actor("dispatcher", now=now()), number=made.number, now=now())
    dispatch_case(command, assignee_id=town.users["worker"].pk)


def test_whoever_stopped_messages_is_written_to_by_no_report_for_half_a_year():
    make_town()
    first, second = report(now=now()), report(now=now())
    choose(first)
    stop_notices(actor=SYSTEM, token=token_of(Choice.objects.get()), now=now())
    for made in (first, second):
        with pytest.raises(Conflict) as refused:
            choose(made)
        assert refused.value.code == "address_left_alone"
    assert choose(second, "13812341235")
    assert choose(first, at=now() + choosing.LEFT_ALONE + timedelta(days=1))


def test_an_address_takes_so_many_reports_at_a_time():
    make_town()
    reports = [report(now=now()) for _ in range(choosing.MOST_OF_AN_ADDRESS + 1)]
    for made in reports[:-1]:
        choose(made)
    with pytest.raises(Conflict) as refused:
        choose(reports[-1])
    assert refused.value.code == "too_many_for_address"


def test_a_choice_made_anew_loses_no_step():
    town = make_town()
    made = report(now=now())
    choose(made)
    dispatched(town, made)
    # Before the job has run, and once it has written the message down.
    choose(made)
    follow_steps(actor=SYSTEM, now=now())
    choose(made)
    assert send_due(actor=SYSTEM, now=now()) == 1
    assert len(OUTBOX) == 1


@pytest.mark.parametrize("address", ["=?utf-8?q?a=0Ab?=@x.com", "a@\u00ad.com", "王@例子.cn"])
def test_an_address_of_which_no_letter_can_be_made_is_refused(address):
    make_town()
    with pytest.raises(InvalidInput) as refused:
        choose(report(now=now()), address, Way.EMAIL)
    assert refused.value.code == "bad_email"


def test_a_letter_that_cannot_be_made_is_not_sent():
    with pytest.raises(NotSent) as caught:
        letter_of(Message("a@x.com\nBcc: b@x.com", "x", "y"))
    assert not caught.value.again


def test_a_fault_in_one_message_holds_up_no_other(monkeypatch):
    town = make_town()
    made = [report(now=now()) for _ in range(3)]
    for place, one in enumerate(made):
        choose(one, f"1381234123{place}")
        dispatched(town, one)
        accept_case(Command(actor=town.actor("worker", now=now()), number=one.number, now=now()))
    real = sending.send

    def send(way, message):
        if message.to.endswith("0"):
            raise UnicodeError("a fault of ours")
        real(way, message)

    monkeypatch.setattr(sending, "send", send)
    follow_steps(actor=SYSTEM, now=now())
    assert send_due(actor=SYSTEM, now=now()) == 4
    assert Delivery.objects.filter(state=State.UNCLEAR, fault="fault").count() == 2
