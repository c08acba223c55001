"""A push goes to the hosts on the city's list and to no other, however the address is written."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from gezhi.config.messages import push_services
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.messages.push_services import KNOWN_SERVICES, MOST_CHARACTERS, is_service, origin_of


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc:APA91b_x-Y", "https://fcm.googleapis.com"),
        ("https://updates.push.services.mozilla.com/wpush/v2/gAAA=", "https://updates.push.services.mozilla.com"),
        ("https://web.push.apple.com/QGuQyavXutnMH", "https://web.push.apple.com"),
        ("https://wns2-par02p.notify.windows.com/w/?token=BQYAAAB%2b%2f", "https://wns2-par02p.notify.windows.com"),
        ("https://fcm.googleapis.com:443/wp/a", "https://fcm.googleapis.com"),
    ],
)
def test_the_services_of_the_known_browsers_are_taken(endpoint, origin):
    assert origin_of(endpoint, services=KNOWN_SERVICES) == origin


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://localhost/x",
        "https://127.0.0.1/x",
        "https://127.0.0.1:9000/x",
        "https://[::1]/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://10.0.0.5/x",
        "https://gezhi.example.cn/x",
        "https://fcm.googleapis.com.evil.cn/x",
        "https://evilfcm.googleapis.com/x",
        "https://push.apple.com.evil.cn/x",
        "https://evilpush.apple.com/x",
        "https://push.apple.com/x",
        "https://.push.apple.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com./x",
        "http://fcm.googleapis.com/x",
    ],
)
def test_no_other_host_and_no_other_port_is(endpoint):
    with pytest.raises(InvalidInput) as refused:
        origin_of(endpoint, services=KNOWN_SERVICES)
    assert refused.value.code == "unknown_push_service"


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "https://fcm.googleapis.com",
        "https://user@fcm.googleapis.com/x",
        "https://fcm.googleapis.com@127.0.0.1/x",
        "https://fcm.googleapis.com\\@127.0.0.1/x",
        "https://127.0.0.1\\.push.apple.com/x",
        "https://fcm.googleapis.com/x#y",
        "https://fcm.googleapis.com/x\ny",
        "https://fcm.googleapis.com/x\n",
        " https://fcm.googleapis.com/x",
        "https://fcm.google\tapis.com/x",
        "https://fcm。googleapis.com/x",
        "https://ｆcm.googleapis.com/x",
        "https://FCM.googleapis.com/x",
        "https://fcm.googleapis.com:０443/x",
        "//fcm.googleapis.com/x",
        "file:///etc/passwd",
        "ftp://fcm.googleapis.com/x",
        "https://fcm.googleapis.com/" + "x" * MOST_CHARACTERS,
    ],
)
def test_what_two_readers_could_read_in_two_ways_is_no_address(endpoint):
    with pytest.raises(InvalidInput) as refused:
        origin_of(endpoint, services=KNOWN_SERVICES)
    assert refused.value.code == "bad_subscription"


def test_a_port_of_this_machine_is_taken_where_it_is_listed_and_without_encryption_too():
    listed = ("127.0.0.1:9000", "[::1]:9001")
    assert origin_of("http://127.0.0.1:9000/p", services=listed) == "http://127.0.0.1:9000"
    assert origin_of("http://[::1]:9001/p", services=listed) == "http://[::1]:9001"
    for other in ("http://127.0.0.1:9001/p", "http://localhost:9000/p", "http://127.0.0.1/p"):
        with pytest.raises(InvalidInput):
            origin_of(other, services=listed)


class Given:
    """An environment with this list."""

    def __init__(self, *words):
        self.given = list(words)

    def words(self, _name, *, default):
        return self.given or default


def test_the_list_is_the_citys():
    assert push_services(Given()) == KNOWN_SERVICES
    assert push_services(Given("push.example.cn", "*.push.example.cn")) == ("push.example.cn", "*.push.example.cn")
    assert push_services(Given("off")) == ()
    assert all(is_service(one) for one in KNOWN_SERVICES)


@pytest.mark.parametrize(
    "wrong",
    ["*", "*.cn", "https://a.cn", "a.cn/x", "10.0.0.5", "localhost", "127.0.0.1", "10.0.0.5:80", "a.cn:8443", ""],
)
def test_what_is_no_host_stops_the_program(wrong):
    with pytest.raises(ImproperlyConfigured):
        push_services(Given("fcm.googleapis.com", wrong))
