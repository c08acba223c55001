"""The data folder is one account's alone, and its keys are never replaced in silence: as a person meets it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from gezhi.platform.files.private_home import keep_private
from tests.factories.served import environment_of, free_port, gezhi


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """A city with a report in it, as a folder to copy."""
    home = tmp_path_factory.mktemp("city") / "data"
    environment = environment_of(home)
    assert gezhi(environment, "init").returncode == 0
    assert gezhi(environment, "demo", "city", "--scale", "0.01", "--days", "1").returncode == 0
    return home


@pytest.fixture
def home(city, tmp_path):
    copy = tmp_path / "data"
    shutil.copytree(city, copy)
    return copy


def open_to_others(home: Path) -> list[str]:
    found = [home, *home.rglob("*")]
    return [str(path.relative_to(home)) for path in found if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def findings(environment) -> dict[str, dict[str, str]]:
    done = gezhi(environment, "doctor", "--json")
    return {finding["subject"]: finding for finding in json.loads(done.stdout)["findings"]}


def test_whatever_the_umask_nothing_is_open_to_others(tmp_path):
    before = os.umask(0)
    try:
        environment = environment_of(tmp_path / "data")
        assert gezhi(environment, "init").returncode == 0
        assert gezhi(environment, "demo", "city", "--scale", "0.01", "--days", "1").returncode == 0
        # While a database is open it has two more files.
        with closing(sqlite3.connect(tmp_path / "data" / "gezhi.sqlite3")) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("CREATE TABLE probe (a)")
            assert (tmp_path / "data" / "gezhi.sqlite3-wal").exists()
            assert open_to_others(tmp_path / "data") == []
    finally:
        os.umask(before)


def test_what_is_open_is_closed_at_the_next_start(home):
    for path in (home, home / "keys", home / "files"):
        path.chmod(0o755)
    for path in (home / "gezhi.sqlite3", home / "keys" / "vault.key"):
        path.chmod(0o644)
    (home / "settings.toml").touch(0o644)
    assert gezhi(environment_of(home), "doctor").returncode == 0
    assert open_to_others(home) == []


def test_a_folder_that_cannot_be_closed_or_serves_others_is_refused_in_words(tmp_path, monkeypatch):
    wide = tmp_path / "data"
    wide.mkdir()
    wide.chmod(0o755)

    def not_the_owner(path, mode):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", not_the_owner)
    with pytest.raises(ImproperlyConfigured, match=r"open to other accounts.*own it"):
        keep_private(wide)
    monkeypatch.undo()
    wide.chmod(0o1777)
    with pytest.raises(ImproperlyConfigured, match="a folder of its own"):
        keep_private(wide)


COMMANDS = (
    ("serve",),
    ("init",),
    ("case", "show", "20260302000001"),
    ("audit", "verify"),
    ("demo", "figures"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_without_its_keys_a_city_is_not_touched(home, command):
    shutil.rmtree(home / "keys")
    port = ("--port", str(free_port())) if command == ("serve",) else ()
    done = gezhi(environment_of(home), *command, *port)
    assert done.returncode == 2, done.stderr
    assert "key 'vault' is missing" in done.stderr
    assert "backup" in done.stderr
    assert not (home / "keys" / "vault.key").exists()


@pytest.mark.parametrize("name", ["audit", "follow", "vault"])
def test_one_key_that_is_another_is_recognised(home, name):
    (home / "keys" / f"{name}.key").write_text("ab" * 32)
    environment = environment_of(home)
    for command in (("init",), ("serve", "--port", str(free_port())), ("audit", "verify")):
        done = gezhi(environment, *command)
        assert done.returncode == 2, done.stderr
        assert f"key '{name}' is not the one" in done.stderr
    found = findings(environment)["keys"]
    assert found["weight"] == "stops"
    assert "backup" in found["remedy"]


@pytest.mark.parametrize("name", ["audit", "follow", "vault"])
def test_a_city_from_before_fingerprints_were_kept_is_recognised_by_what_it_holds(home, name):
    with closing(sqlite3.connect(home / "gezhi.sqlite3")) as database, database:
        database.execute("DELETE FROM keys_keyfingerprint")
    (home / "keys" / f"{name}.key").unlink()
    done = gezhi(environment_of(home), "init")
    assert done.returncode == 2, done.stderr
    assert f"key '{name}' is missing" in done.stderr
    assert not (home / "keys" / f"{name}.key").exists()


def test_its_vault_key_is_tried_before_it_is_put_on_record(home):
    with closing(sqlite3.connect(home / "gezhi.sqlite3")) as database, database:
        database.execute("DELETE FROM keys_keyfingerprint")
    key = home / "keys" / "vault.key"
    right = key.read_text()
    key.write_text("ab" * 32)
    environment = environment_of(home)
    assert gezhi(environment, "init").returncode == 2
    key.write_text(right)
    assert gezhi(environment, "init").returncode == 0
    assert findings(environment)["keys"]["weight"] == "ok"


def test_the_doctor_finds_what_endangers_a_city(home):
    with closing(sqlite3.connect(home / "gezhi.sqlite3")) as database, database:
        database.execute(
            "UPDATE audit_auditrecord SET at = '2099-01-01 00:00:00' WHERE id = (SELECT max(id) FROM audit_auditrecord)"
        )
    found = findings(
        environment_of(
            home, debug=1, secret_key="letmein", proxies=0, https=1, disk_reserve_mb=10**9, log_format="console"
        )
    )
    weights = {subject: finding["weight"] for subject, finding in found.items()}
    expected = {"clock": "stops", "debugging": "stops", "signing key": "stops", "proxies": "stops", "disk": "stops"}
    assert expected.items() <= weights.items(), found
    assert found["mail"]["weight"] == "note"
    assert all(found[subject]["remedy"] for subject in expected)
    assert findings(environment_of(home, proxies=1))["proxies"]["weight"] == "note"
    assert findings(environment_of(home))["modes"]["weight"] == "ok"


def test_the_doctor_says_by_which_ways_reporters_are_told_and_init_makes_the_key_of_one_once(home):
    key = home / "keys" / "push.key"
    made = key.read_text()
    assert findings(environment_of(home))["messages"]["remedy"].startswith("set GEZHI_PUBLIC_URL")
    public = environment_of(home, public_url="https://gezhi.example.cn")
    assert findings(public)["messages"] == {
        "subject": "messages",
        "weight": "ok",
        "found": "reporters are told by push",
        "remedy": "",
    }
    plain = findings(environment_of(home, public_url="http://gezhi.example.cn", sms_url="outbox:"))["messages"]
    assert plain["found"] == "reporters are told by sms; browsers take none without HTTPS"
    assert findings({**public, "GEZHI_PUSH_SERVICES": "off"})["messages"]["weight"] == "ok"
    assert gezhi(public, "init").returncode == 0
    assert key.read_text() == made
    key.unlink()
    assert findings(public)["messages"]["remedy"] == "run `gezhi init`"
    assert gezhi(public, "init").returncode == 0
    assert key.read_text() != made
