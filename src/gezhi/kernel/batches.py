"""Long rows of things, some at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
# Is told of so many more that are done.
Advance = Callable[[int], None]


def in_batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """The things in their order, ``size`` at a time, the last batch shorter; none is asked for before its batch is."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch


def untold(_count: int) -> None:
    """An ``Advance`` for whom nobody wants to know how far it is."""
