"""Each way says whether a message is surely not on its way, or nobody knows."""

from __future__ import annotations

import smtplib
from urllib.error import HTTPError, URLError

import pytest
from django.core.exceptions import ImproperlyConfigured

from gezhi.config.messages import message_settings
from gezhi.platform.messages import posting, ways
from gezhi.platform.messages.ways import MaybeSent, NotSent, Way


@pytest.mark.parametrize(
    ("raised", "expected", "again"),
    [
        (HTTPError("http://g", 429, "", None, None), NotSent, True),
        (HTTPError("http://g", 503, "", {"Retry-After": "60"}, None), NotSent, True),
        (HTTPError("http://g", 503, "", None, None), MaybeSent, None),
        (HTTPError("http://g", 502, "", None, None), MaybeSent, None),
        (HTTPError("http://g", 400, "", None, None), NotSent, False),
        (HTTPError("http://g", 302, "", None, None), NotSent, False),
        (HTTPError("http://g", 500, "", None, None), MaybeSent, None),
        (URLError(ConnectionRefusedError()), NotSent, True),
        (URLError(TimeoutError()), NotSent, True),
        (TimeoutError(), MaybeSent, None),
    ],
)
def test_what_a_gateway_answers_says_whether_it_may_be_tried_again(settings, monkeypatch, raised, expected, again):
    settings.GEZHI_SMS_URL = "https://sms.example.cn/send"

    class Opener:
        def open(self, request, timeout):
            raise raised

    monkeypatch.setattr(posting, "_OPENER", Opener())
    with pytest.raises(expected) as caught:
        ways.send(Way.SMS, ways.Message("13812341234", "", "x"))
    assert getattr(caught.value, "again", None) is again
    assert "138" not in str(caught.value)


@pytest.mark.parametrize(
    ("raised", "expected", "again"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b.cn": (550, b"no")}), NotSent, False),
        (smtplib.SMTPRecipientsRefused({"a@b.cn": (450, b"later")}), NotSent, True),
        (TimeoutError(), MaybeSent, None),
        (smtplib.SMTPServerDisconnected(), MaybeSent, None),
    ],
)
def test_what_a_mail_server_answers_says_whether_it_may_be_tried_again(monkeypatch, raised, expected, again):
    def fail(_self, fail_silently=False):
        raise raised

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    with pytest.raises(expected) as caught:
        ways.send(Way.EMAIL, ways.Message("a@b.cn", "s", "x"))
    assert getattr(caught.value, "again", None) is again


@pytest.mark.parametrize(
    "raised", [ConnectionRefusedError(), TimeoutError(), smtplib.SMTPAuthenticationError(535, b"")]
)
def test_a_mail_server_that_is_not_reached_has_taken_nothing(monkeypatch, raised):
    def fail(_self):
        raise raised

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.open", fail)
    with pytest.raises(NotSent) as caught:
        ways.send(Way.EMAIL, ways.Message("a@b.cn", "s", "x"))
    assert (caught.value.fault, caught.value.again) == ("no_server", True)


class Given:
    """An environment with these values."""

    def __init__(self, **values):
        self.values = values

    def text(self, name, *, default):
        return self.values.get(name, default)


def test_the_addresses_are_read_as_they_are_set():
    found = message_settings(Given(public_url="https://gezhi.example.cn/", sms_url="outbox:"))
    assert found == {"GEZHI_PUBLIC_URL": "https://gezhi.example.cn", "GEZHI_SMS_URL": "outbox:", "GEZHI_SMS_KEY": ""}


@pytest.mark.parametrize(
    "values", [{"public_url": "gezhi.example.cn"}, {"public_url": "https://a.cn/?x=1"}, {"sms_url": "ftp://a.cn"}]
)
def test_what_is_no_address_stops_the_program(values):
    with pytest.raises(ImproperlyConfigured):
        message_settings(Given(**values))
