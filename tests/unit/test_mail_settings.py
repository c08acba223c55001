"""The mail server comes from settings; half a setting is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from gezhi.config.environment import Environment
from gezhi.config.mail import mail_settings


def made(**values):
    return mail_settings(Environment(Path("/nowhere"), values))


def test_without_settings_there_is_no_mail():
    assert made() == {"MAIL_IS_SET_UP": False}


def test_a_server_is_read_from_its_address():
    found = made(mail_url="smtp://me:s%40crt@mail.example.cn", mail_from="gezhi@example.cn")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_HOST_PASSWORD"]) == ("mail.example.cn", 587, "s@crt")
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (True, False)
    sealed = made(mail_url="smtps://mail.example.cn", mail_from="gezhi@example.cn")
    assert (sealed["EMAIL_PORT"], sealed["EMAIL_USE_TLS"], sealed["EMAIL_USE_SSL"]) == (465, False, True)
    assert not made(mail_url="smtp://localhost:25?plain=1", mail_from="x@y")["EMAIL_USE_TLS"]


@pytest.mark.parametrize("values", [{"mail_url": "http://x"}, {"mail_url": "smtp://"}, {"mail_url": "smtp://host"}])
def test_half_a_setting_is_refused(values):
    with pytest.raises(ImproperlyConfigured, match="GEZHI_MAIL"):
        made(**values)
