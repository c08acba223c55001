"""Pictures are held for an unfinished form: encrypted, for an hour, within bounds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gezhi.kernel.clock import now
from gezhi.platform.files import holding
from gezhi.platform.files.images import Picture

MINE = "address:192.0.2.7"


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path


def picture(size: int = 1_000) -> Picture:
    return Picture(b"JPEG" * (size // 4), "image/jpeg", 4, 3, now(), 112.1, 32.0)


def files(tmp_path) -> list:
    return list((tmp_path / "held").glob("*/*"))


def test_a_token_gives_the_picture_back_whole(tmp_path):
    one, other = holding.hold([picture(), picture(2_000)], owner=MINE, now=now())
    assert holding.held(other, now=now()).content == picture(2_000).content
    assert holding.held(one, now=now()).place == (112.1, 32.0)
    for path in files(tmp_path):
        assert b"JPEG" not in path.read_bytes()
        assert one not in path.name
        assert MINE not in str(path)


@pytest.mark.parametrize("token", ["", "x" * 43, "../../keys/django.key", "*" * 43, "é" * 43, "²" * 43, "\0" * 43])
def test_what_is_no_token_gives_nothing(token):
    holding.hold([picture()], owner=MINE, now=now())
    assert holding.held(token, now=now()) is None
    assert not holding.was_sent(token)


def test_an_hour_later_it_is_gone(tmp_path):
    (token,) = holding.hold([picture()], owner=MINE, now=now())
    later = now() + timedelta(minutes=61)
    assert holding.held(token, now=later) is None
    assert holding.sweep(now=now()) == 0
    assert holding.sweep(now=later) == 1
    assert files(tmp_path) == []


def test_what_was_sent_is_gone_and_known_as_sent():
    (token,) = holding.hold([picture()], owner=MINE, now=now())
    holding.give_back([token])
    assert holding.held(token, now=now()) is None
    assert holding.was_sent(token)


def test_one_sender_has_so_much_room_and_others_have_theirs(monkeypatch):
    monkeypatch.setattr(holding, "MOST_OF_ONE", 3)
    assert len(holding.hold([picture()] * 5, owner=MINE, now=now())) == 3
    assert holding.hold([picture()], owner=MINE, now=now()) == []
    assert len(holding.hold([picture()], owner="account:7", now=now())) == 1


def test_bytes_are_bounded_for_one_and_for_all(monkeypatch):
    monkeypatch.setattr(holding, "MOST_BYTES_OF_ONE", 5_000)
    assert len(holding.hold([picture(2_000)] * 4, owner=MINE, now=now())) == 1
    monkeypatch.setattr(holding, "MOST_BYTES", 6_000)
    assert holding.hold([picture(3_000)], owner="account:7", now=now()) == []


def test_room_comes_back_with_time(monkeypatch):
    monkeypatch.setattr(holding, "MOST_OF_ONE", 1)
    holding.hold([picture()], owner=MINE, now=now())
    holding.sweep(now=now() + timedelta(hours=2))
    assert len(holding.hold([picture()], owner=MINE, now=now())) == 1
