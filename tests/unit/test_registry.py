"""What apps add to the platform stands under one name each."""

from __future__ import annotations

import pytest

from gezhi.platform.registry import Registry


def test_things_are_found_by_name_in_the_order_in_which_they_came():
    registry: Registry[list[int]] = Registry("lists")
    second, first = [2], [1]
    registry.add("b", second)
    registry.add("a", first)
    assert list(registry) == [second, first]
    assert list(registry.items()) == [("b", second), ("a", first)]
    assert registry.get("a") is first
    assert registry.get("c") is None


def test_a_second_thing_of_a_name_is_refused_and_the_same_again_is_not():
    registry: Registry[list[int]] = Registry("lists")
    thing = [1]
    registry.add("a", thing)
    registry.add("a", thing)
    with pytest.raises(ValueError, match="two lists called 'a'"):
        registry.add("a", [1])
