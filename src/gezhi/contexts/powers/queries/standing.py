"""Which powers lie at which street, held in memory by each process: asked with every report that a street's body gets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Max
from django.utils import timezone

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.powers.domain.standing import PowerAt, Standing, in_effect, standing_of
from gezhi.contexts.powers.domain.states import HELD, Lie, PowerStatus, lies
from gezhi.contexts.powers.models import Holding, HoldingStep, Power
from gezhi.kernel import clock
from gezhi.platform.kept import KeptByVersion

FRESH_SECONDS = 5.0
_FIELDS = ("pk", "code", "name", "name_en", "class_prefix", "original_kind", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class _Item:
    id: int
    code: str
    name: str
    name_en: str
    class_prefix: str
    original_kind: str
    valid_from: date
    valid_to: date | None


# Status and time of a power at a street.
_Hold = tuple[PowerStatus, datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class _Street:
    """The powers at one street by the key of the item. Nearly all lie there for good: of these the status is all that is kept."""

    for_good: dict[int, PowerStatus] = field(default_factory=dict)
    others: dict[int, _Hold] = field(default_factory=dict)

    def add(self, power_id: int, hold: _Hold, built_at: datetime) -> None:
        status, valid_from, valid_to = hold
        began = valid_from is None or valid_from <= built_at
        if status in HELD and began and valid_to is None:
            self.for_good[power_id] = status
        else:
            self.others[power_id] = hold

    def hold(self, power_id: int) -> _Hold | None:
        status = self.for_good.get(power_id)
        return self.others.get(power_id) if status is None else (status, None, None)


@dataclass(frozen=True, slots=True)
class _Register:
    """The items that were delegated to streets by the prefix of their class, and where each stands, by street."""

    items: dict[str, list[_Item]] = field(default_factory=dict)
    streets: dict[int, _Street] = field(default_factory=dict)

    def items_of(self, class_code: str) -> list[_Item]:
        """The items that speak of a class. An item of no class speaks of none."""
        return [item for length in range(1, len(class_code) + 1) for item in self.items.get(class_code[:length], ())]


def _version() -> object:
    """What a new item or any step changes: two small queries."""
    items = Power.objects.aggregate(count=Count("pk"), last=Max("pk"))
    return items["count"], items["last"], HoldingStep.objects.order_by("-pk").values_list("pk", flat=True).first()


def _build(_of: object) -> _Register:
    found, built_at = _Register(), clock.now()
    for values in Power.objects.filter(level=AreaLevel.STREET.value).order_by("code").values_list(*_FIELDS):
        item = _Item(*values)
        if item.class_prefix:
            found.items.setdefault(item.class_prefix, []).append(item)
    holds = Holding.objects.values_list("street_id", "power_id", "status", "valid_from", "valid_to")
    for street_id, power_id, status, valid_from, valid_to in holds.iterator(5_000):
        street = found.streets.setdefault(street_id or 0, _Street())
        street.add(power_id, (PowerStatus(status), valid_from, valid_to), built_at)
    return found


# A city has some fifty thousand rows: they are read again where something has changed, and nobody waits for it.
register_in_memory = KeptByVersion(name="powers", version=_version, build=_build, recheck=lambda: FRESH_SECONDS)


def standing_at(class_code: str, area_id: int | None) -> Standing | None:
    """How the powers over a class stand at an area at this moment; None where the area is no street of the
    register, or no item speaks of the class. No query but those of a look for changes each ``FRESH_SECONDS``."""
    register = register_in_memory()
    street = register.streets.get(area_id or 0)
    if street is None:
        return None
    moment = clock.now()
    today = timezone.localdate(moment)
    found = [
        PowerAt(
            item.code,
            item.name,
            item.name_en,
            item.class_prefix,
            item.original_kind,
            hold[0],
            _lie(item, hold, moment, today),
        )
        for item in register.items_of(class_code)
        if item.valid_from <= today and (hold := street.hold(item.id)) is not None
    ]
    return standing_of(found) if found else None


def _lie(item: _Item, hold: _Hold, moment: datetime, today: date) -> Lie:
    lie = lies(*hold, at=moment)
    over = not in_effect(item.valid_from, item.valid_to, on=today)
    # What the register itself has ended lies nowhere any more.
    return Lie.ENDED if over and lie is Lie.HELD else lie
