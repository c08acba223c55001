"""What the apps add to the platform where they are loaded: policies, kinds, topics, checks, periodic jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Things of one sort by name, in the order in which they were added. Filled while the program starts, read ever after."""

    def __init__(self, sort: str) -> None:
        self._sort = sort
        self._things: dict[str, T] = {}

    def add(self, name: str, thing: T) -> None:
        """Make a thing known. Call it where an app is loaded. Raises ``ValueError`` where another has its name."""
        if self._things.setdefault(name, thing) is not thing:
            raise ValueError(f"there are two {self._sort} called '{name}'")

    def get(self, name: str) -> T | None:
        """The thing of this name; None where there is none."""
        return self._things.get(name)

    def items(self) -> Iterator[tuple[str, T]]:
        """All things with their names."""
        yield from self._things.items()

    def __iter__(self) -> Iterator[T]:
        """All things."""
        yield from self._things.values()
