"""A value that a process keeps: when it looks for another version, and when it reads the value anew."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from gezhi.platform import kept as module
from gezhi.platform.kept import Kept, KeptByKey, forget_all


@dataclass
class Table:
    """Stands for a table: counts how often it is read and looked at."""

    value: str = "a"
    version: int = 1
    reads: int = 0
    looks: int = 0
    changes_while_read: list[str] = field(default_factory=list)

    def read(self) -> str:
        self.reads += 1
        value = self.value
        if self.changes_while_read:
            self.value, self.version = self.changes_while_read.pop(), self.version + 1
        return value

    def look(self) -> int:
        self.looks += 1
        return self.version


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass when the test says so."""

    class Time:
        seconds = 1_000.0

        def monotonic(self) -> float:
            return self.seconds

    time = Time()
    monkeypatch.setattr(module, "time", time)
    monkeypatch.setattr(module, "_all", [])
    return time


def test_without_a_version_it_is_read_anew_after_its_seconds(clock):
    table = Table()
    kept = Kept(table.read, seconds=5)
    assert [kept(), kept()] == ["a", "a"]
    table.value = "b"
    clock.seconds += 4.9
    assert kept() == "a"
    clock.seconds += 0.2
    assert kept() == "b"
    assert table.reads == 2


def test_with_a_version_it_is_read_anew_when_that_has_changed(clock):
    table = Table()
    kept = Kept(table.read, seconds=5, version=table.look)
    assert kept() == "a"
    for _ in range(5):
        clock.seconds += 6
        assert kept() == "a"
    assert (table.reads, table.looks) == (1, 6)
    table.value, table.version = "b", 2
    clock.seconds += 6
    assert kept() == "b"
    assert (table.reads, table.looks) == (2, 7)


def test_an_edit_that_changes_no_version_is_there_after_a_while(clock):
    table = Table()
    kept = Kept(table.read, seconds=5, version=table.look, whole_seconds=60)
    assert kept() == "a"
    table.value = "b"
    clock.seconds += 30
    assert kept() == "a"
    clock.seconds += 31
    assert kept() == "b"


def test_what_changes_while_it_is_read_is_found_by_the_next_look(clock):
    table = Table(changes_while_read=["b"])
    kept = Kept(table.read, seconds=5, version=table.look)
    assert kept() == "a"
    clock.seconds += 6
    assert kept() == "b"


def test_forgotten_it_is_read_at_once(clock):
    table = Table()
    kept = Kept(table.read, seconds=5, version=table.look)
    assert kept() == "a"
    table.value = "b"
    kept.forget()
    assert kept() == "b"


def test_values_of_keys_are_read_together_and_again_when_they_are_old(clock):
    asked: list[set[int]] = []
    named = KeptByKey(lambda keys: asked.append(keys) or {key: f"n{key}" for key in keys if key < 9}, seconds=5, most=3)
    assert named([1, 2, 2]) == {1: "n1", 2: "n2"}
    assert named([2, 9]) == {2: "n2"}
    clock.seconds += 4
    assert named([1, 3]) == {1: "n1", 3: "n3"}
    assert asked == [{1, 2}, {9}, {3}]
    clock.seconds += 1
    assert named([1, 3]) == {1: "n1", 3: "n3"}
    assert asked[3:] == [{1}]
    named([4, 5])
    assert len(named._held) <= 3
    forget_all()
    named([3])
    assert asked[-1] == {3}
    assert named([]) == {}
