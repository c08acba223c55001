"""Words with values in them that remember both, so that an edge can say them in another language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Filled:
    """English ``words`` with places for ``values`` (``%(row)s``); as a text they stand filled in. A value may be such words."""

    words: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.words % self.values

    def kept(self) -> dict[str, object]:
        """The same as plain JSON."""
        values = {name: value.kept() if isinstance(value, Filled) else value for name, value in self.values.items()}
        return {"words": self.words, "values": values}


def filled(words: str, /, **values: object) -> Filled:
    """Words that the catalogue must hold: what collects the strings to translate looks for calls of this name."""
    return Filled(words, values)


def restored(plain: Mapping[str, object]) -> Filled:
    """What ``Filled.kept`` has written."""
    values = plain["values"]
    if not isinstance(values, Mapping):
        raise TypeError(f"no values of words: {values!r}")
    return Filled(
        str(plain["words"]),
        {name: restored(value) if isinstance(value, Mapping) else value for name, value in values.items()},
    )
