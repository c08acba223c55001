"""How a filter stands in an address: its name there, how a text becomes its value, and the text of a value.

A codec belongs to one filter (``filter_by(..., address=Flag("overdue"))``). Reading and writing are each other's inverse:
what was written is read back as it was. The API's parameters and their document come from the same codecs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import Enum, StrEnum
from typing import Any

from django.utils import timezone

from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.periods import Period, first_and_last
from gezhi.kernel.reading import day_or_instant, row_id
from gezhi.platform.access.actor import Actor

# Name of a parameter → its texts, in the order in which they stand in the address.
Given = Mapping[str, Sequence[str]]
Pairs = list[tuple[str, str]]
_YES, _NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address leaves open: whose "mine" is, and when "now" is."""

    actor: Actor
    now: datetime

    @property
    def person(self) -> int:
        """The account; 0, which nobody has, for who has none."""
        return self.actor.user_id or 0


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as the document of the API shows it. ``limits`` as pydantic names them."""

    name: str
    type: type[Any]
    many: bool = False
    default: Any = None
    limits: Mapping[str, Any] = field(default_factory=dict)


class Codec(ABC):
    """A filter's part of an address."""

    @property
    @abstractmethod
    def parameters(self) -> tuple[Parameter, ...]:
        """What it is called in an address that is written now."""

    @property
    def older_names(self) -> tuple[str, ...]:
        """Names that are read beside these: addresses that people have kept."""
        return ()

    @abstractmethod
    def read(self, given: Given, asked: Asked) -> Any:
        """The value; None where the address does not narrow by it. Raises ``InvalidInput`` naming the parameter."""

    @abstractmethod
    def write(self, value: Any, asked: Asked) -> Pairs:
        """The value as parameters. Raises ``ValueError`` for a value that no address holds."""


def text_of(given: Given, *names: str) -> str:
    """The last text of the first of these names that has one, without blanks around it."""
    for name in names:
        texts = given.get(name, ())
        if texts and (text := texts[-1].strip()):
            return text
    return ""


def _yes_or_no(given: Given, name: str) -> bool | None:
    text = text_of(given, name).lower()
    if not text or text in _YES | _NO:
        return text in _YES if text else None
    raise InvalidInput("bad_flag", f"'{name}' is 1 or 0, not '{text[:20]}'", field=name)


@dataclass(frozen=True, slots=True)
class Text(Codec):
    """Words or a code, at most ``most`` characters."""

    name: str
    most: int
    older: str = ""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """See ``Codec``."""
        return (Parameter(self.name, str, default="", limits={"max_length": self.most}),)

    @property
    def older_names(self) -> tuple[str, ...]:
        """See ``Codec``."""
        return (self.older,) if self.older else ()

    def read(self, given: Given, asked: Asked) -> str | None:
        """See ``Codec``."""
        text = text_of(given, self.name, *self.older_names)
        if len(text) > self.most:
            raise InvalidInput("filter_too_long", f"'{self.name}' has at most {self.most} characters", field=self.name)
        if "\x00" in text:
            raise InvalidInput("control_character", f"'{self.name}' holds a NUL character", field=self.name)
        return text or None

    def write(self, value: str, asked: Asked) -> Pairs:
        """See ``Codec``."""
        return [(self.name, value)]


@dataclass(frozen=True, slots=True)
class Number(Codec):
    """The key of a row."""

    name: str

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """See ``Codec``."""
        return (Parameter(self.name, int),)

    def read(self, given: Given, asked: Asked) -> int | None:
        """See ``Codec``."""
        text = text_of(given, self.name)
        number = row_id(text)
        if text and number is None:
            raise InvalidInput("bad_number", f"'{self.name}' is a number", field=self.name)
        return number

    def write(self, value: int, asked: Asked) -> Pairs:
        """See ``Codec``."""
        return [(self.name, str(value))]


@dataclass(frozen=True, slots=True)
class Flag(Codec):
    """On, or not in the address."""

    name: str

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """See ``Codec``."""
        return (Parameter(self.name, bool, default=False),)

    def read(self, given: Given, asked: Asked) -> Any:
        """See ``Codec``."""
        return self.meant(asked) if _yes_or_no(given, self.name) else None

    def write(self, value: Any, asked: Asked) -> Pairs:
        """See ``Codec``."""
        if value != self.meant(asked):
            raise ValueError(f"no address says that '{self.name}' is {value!r}")
        return [(self.name, "1")]

    def meant(self, asked: Asked) -> Any:
        """The value of the filter where the flag is on."""
        return True


class Now(Flag):
    """A flag that stands for the moment at which the address is opened."""

    __slots__ = ()

    def meant(self, asked: Asked) -> Any:
        """See ``Flag``."""
        return asked.now


class Today(Flag):
    """A flag that stands for the end of the day, in the city, on which the address is opened."""

    __slots__ = ()

    def meant(self, asked: Asked) -> Any:
        """See ``Flag``."""
        return days_in(Period.TODAY, asked.now).until


class Mine(Flag):
    """A flag that stands for whoever opens the address: no address names a person."""

    __slots__ = ()

    def meant(self, asked: Asked) -> Any:
        """See ``Flag``."""
        return asked.person


@dataclass(frozen=True, slots=True)
class YesOrNo(Codec):
    """Yes, no, or not in the address."""

    name: str

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """See ``Codec``."""
        return (Parameter(self.name, bool),)

    def read(self, given: Given, asked: Asked) -> bool | None:
        """See ``Codec``."""
        return _yes_or_no(given, self.name)

    def write(self, value: bool, asked: Asked) -> Pairs:
        """See ``Codec``."""
        return [(self.name, "1" if value else "0")]


@dataclass(frozen=True, slots=True)
class Choices(Codec):
    """Some members of an enumeration; the parameter stands once for each."""

    name: str
    members: type[StrEnum]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """See ``Codec``."""
        return (Parameter(self.name, self.members, many=True, default=[]),)

    def read(self, given: Given, asked: Asked) -> tuple[StrEnum, ...] | None:
        """See ``Codec``. In the order of the enumeration, whatever that of the address."""
        texts = {text.strip() for text in given.get(self.name, ())} - {""}
        for text in sorted(texts - {member.value for member in self.members}):
            raise InvalidInput("unknown_choice", f"'{self.name}' knows no '{text[:40]}'", field=self.name)
        return tuple(member for member in self.members if member.value in texts) or None

    def write(self, value: tuple[StrEnum, ...], asked: Asked) -> Pairs:
        """See ``Codec``."""
        return [(self.name, member.value) for member in self.members if member in value]


@dataclass(frozen=True, slots=True)
class Instant(Codec):
    """An instant with its offset, or a local day (``2026-11-22``). ``ends``: a day is the end of a span that includes it."""

    name: str
    ends: bool = False

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """See ``Codec``."""
        return (Parameter(self.name, datetime),)

    def read(self, given: Given, asked: Asked) -> datetime | None:
        """See ``Codec``."""
        text = text_of(given, self.name)
        if not text:
            return None
        moment = day_or_instant(text)
        if moment is None:
            raise InvalidInput("bad_time", f"'{text[:40]}' is not a day", field=self.name)
        if moment.tzinfo is not None:
            return moment
        if self.ends and len(text) == len("2026-11-22"):
            moment += timedelta(days=1)
        return timezone.make_aware(moment)

    def write(self, value: datetime, asked: Asked) -> Pairs:
        """See ``Codec``."""
        return [(self.name, value.isoformat())]


@dataclass(frozen=True, slots=True)
class DaysIn:
    """The days of a period as of some day: from ``since`` to ``until``, half open."""

    period: Period
    since: datetime
    until: datetime


def days_in(period: Period, now: datetime) -> DaysIn:
    """The days of a period as of the day that ``now`` is in the city."""
    first, last = first_and_last(period, timezone.localtime(now).date())
    since, until = (datetime.combine(day, time.min) for day in (first, last + timedelta(days=1)))
    return DaysIn(period, timezone.make_aware(since), timezone.make_aware(until))


@dataclass(frozen=True, slots=True)
class Days(Codec):
    """Days that are told from today (``today``, ``this_week``): as of the day on which the address is opened."""

    name: str

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """See ``Codec``."""
        return (Parameter(self.name, Period),)

    def read(self, given: Given, asked: Asked) -> DaysIn | None:
        """See ``Codec``."""
        text = text_of(given, self.name)
        if not text:
            return None
        if text not in {period.value for period in Period}:
            raise InvalidInput("unknown_choice", f"'{self.name}' knows no '{text[:40]}'", field=self.name)
        return days_in(Period(text), asked.now)

    def write(self, value: DaysIn, asked: Asked) -> Pairs:
        """See ``Codec``."""
        if value != days_in(value.period, asked.now):
            raise ValueError(f"'{self.name}' says {value.period} of the day on which it is opened, not of another")
        return [(self.name, value.period.value)]


@dataclass(frozen=True, slots=True)
class Area(Codec):
    """An area as its level and its id. Older addresses name the level and give the id: ``street=12``."""

    levels: tuple[str, ...]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """See ``Codec``."""
        return (Parameter("area_level", str, limits={"max_length": 10}), Parameter("area_id", int))

    @property
    def older_names(self) -> tuple[str, ...]:
        """See ``Codec``."""
        return self.levels

    def read(self, given: Given, asked: Asked) -> tuple[str, int] | None:
        """See ``Codec``."""
        level, text, at_fault = text_of(given, "area_level"), text_of(given, "area_id"), "area_id"
        if bool(level) != bool(text):
            raise InvalidInput("unknown_level", "area_level and area_id go together", field="area_level")
        if not level:
            level = at_fault = next((name for name in self.levels if text_of(given, name)), "")
            text = text_of(given, level)
        if not level:
            return None
        if level not in self.levels:
            raise InvalidInput("unknown_level", f"there is no level '{level[:20]}'", field="area_level")
        key = row_id(text)
        if key is None:
            raise InvalidInput("bad_area", "an area is a number", field=at_fault)
        return level, key

    def write(self, value: tuple[str, int], asked: Asked) -> Pairs:
        """See ``Codec``."""
        return [("area_level", value[0]), ("area_id", str(value[1]))]


def as_text(value: Any) -> str:
    """A value that the API has read already, as an address would hold it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value.value if isinstance(value, Enum) else value)
