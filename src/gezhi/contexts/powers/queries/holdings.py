"""Powers at streets: where an item lies, for anybody; and lists of what somebody sees, for those who act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Case, Count, F, Q, When

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.queries import AreaRow
from gezhi.contexts.powers.domain.states import HELD, STATUS_WORDS, WAITING, PowerStatus
from gezhi.contexts.powers.domain.transitions import Action
from gezhi.contexts.powers.kind import HOLDING
from gezhi.contexts.powers.models import Holding, HoldingStep
from gezhi.contexts.powers.policy import SCOPES
from gezhi.contexts.powers.queries.register import ListedPower, power_of
from gezhi.contexts.powers.rows import ROWS, HoldingRow
from gezhi.kernel.steps import Words, phrase, phrase_in
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.addresses import Choices, Flag, Number, Text
from gezhi.platform.steps.filtering import by_pattern, pattern_of
from gezhi.platform.steps.history import HistoryStep, history_of
from gezhi.platform.steps.listing import ListTool, Sort, by_column, filter_by
from gezhi.platform.steps.policy import find, possible_steps


@dataclass(frozen=True, slots=True)
class PlacedPower:
    """Where an item stands, for anybody: the street and its district, the status and the time. Not who asked for what."""

    street: AreaRow
    district: AreaRow | None
    status: PowerStatus
    valid_from: datetime | None
    valid_to: datetime | None
    basis: str


def places_of(power_id: int) -> list[PlacedPower]:
    """The streets at which an item stands, by district and code. Two queries."""
    found = Holding.objects.filter(power_id=power_id, street__isnull=False).order_by("street__code")
    fields = ("street_id", "district_id", "status", "valid_from", "valid_to", "basis")
    rows = list(found.values_list(*fields))
    known = areas.areas_by_id({key for street, district, *_ in rows for key in (street, district) if key is not None})
    return [
        PlacedPower(known[street], known.get(district), PowerStatus(status), start, end, basis)
        for street, district, status, start, end, basis in rows
    ]


@dataclass(frozen=True, slots=True)
class Spread:
    """At how many streets an item lies, of how many that it was delegated to."""

    held: int
    streets: int


def spread_of(power_ids: Iterable[int], *, now: datetime) -> dict[int, Spread]:
    """How far each of these items is spread at ``now``. One query."""
    lying = (
        Q(status__in=[status.value for status in HELD])
        & (Q(valid_from__isnull=True) | Q(valid_from__lte=now))
        & (Q(valid_to__isnull=True) | Q(valid_to__gt=now))
    )
    counted = Holding.objects.filter(power_id__in=list(power_ids)).values_list("power_id").order_by()
    found = counted.annotate(held=Count("pk", filter=lying), streets=Count("pk"))
    return {power_id: Spread(held, streets) for power_id, held, streets in found}


@dataclass(frozen=True, slots=True)
class LyingPower:
    """A power that lay at a street at some time of a period. ``gave_up``: the street asked in it to give it back, whatever the city
    said."""

    number: str
    power_id: int
    code: str
    name: str
    name_en: str
    class_prefix: str
    street_id: int
    status: PowerStatus
    gave_up: bool


def powers_lying(
    actor: Actor, *, since: datetime, until: datetime, street_ids: Iterable[int], class_prefixes: Iterable[str]
) -> list[LyingPower]:
    """The powers over these classes at these streets that lay there at some time from ``since`` up to ``until``, and any that its
    street asked to give back in that time; of the streets that the actor sees. One query."""
    lay = Q(valid_from__isnull=True) | Q(valid_from__lt=until)
    not_over = Q(valid_to__isnull=True, status__in=[status.value for status in HELD]) | Q(valid_to__gt=since)
    meant = Q(street_id__in=set(street_ids), power__class_prefix__in=set(class_prefixes))
    asked = HoldingStep.objects.filter(action=Action.GIVE_BACK.value, at__gte=since, at__lt=until)
    gave_up = Q(pk__in=asked.values("holding_id"))
    found = HOLDINGS.visible_to(actor).filter(lay & not_over, meant | gave_up, street__isnull=False)
    item = ("power__code", "power__name", "power__name_en", "power__class_prefix")
    told = Case(When(gave_up, then=True), default=False, output_field=BooleanField())
    values = found.exclude(power__class_prefix="").values_list("number", "power_id", *item, "street_id", "status", told)
    return [
        LyingPower(number, power_id, code, name, name_en, prefix, street_id, PowerStatus(status), given)
        for number, power_id, code, name, name_en, prefix, street_id, status, given in values
    ]


def counts_by_status(actor: Actor, filters: HoldingFilters) -> dict[str, int]:
    """How many of these powers the actor sees, by status. One query."""
    found = HOLDINGS.narrowed(HOLDINGS.visible_to(actor), filters)
    return dict(found.order_by().values_list("status").annotate(count=Count("pk")))


def _street_named(street_id: int) -> AreaRow | Words:
    return areas.area(street_id) or phrase("an unknown area")


def _power_named(power_id: int) -> ListedPower | Words:
    return power_of(power_id) or phrase("an unknown power")


@dataclass(frozen=True, slots=True)
class HoldingFilters:
    """What a list of powers at streets is narrowed to."""

    statuses: tuple[PowerStatus, ...] = filter_by(
        lambda found, value: found.filter(status__in=[status.value for status in value]),
        (),
        address=Choices("status", PowerStatus),
        named=STATUS_WORDS.__getitem__,
    )
    waiting: bool = filter_by(
        lambda found, _: found.filter(status__in=[status.value for status in WAITING]),
        False,
        address=Flag("waiting"),
        says=phrase_in("filter", "Waiting for the city"),
    )
    street_id: int | None = filter_by(
        by_column("street_id"), slot=int, address=Number("street_id"), named=_street_named
    )
    power_id: int | None = filter_by(by_column("power_id"), slot=int, address=Number("power_id"), named=_power_named)
    class_prefix: str = filter_by(
        by_pattern(starting=("power__class_prefix",)), "", slot=str, taken=pattern_of, address=Text("class_prefix", 12)
    )
    text: str = filter_by(
        by_pattern("power__name", "power__name_en", starting=("power__code",)),
        "",
        slot=str,
        taken=pattern_of,
        address=Text("q", 80),
    )


HOLDINGS: ListTool[HoldingFilters, HoldingRow] = ListTool(
    Holding,
    SCOPES,
    HoldingFilters,
    {"newest": Sort("-changed_at"), "oldest": Sort("changed_at")},
    rows=ROWS,
)


def words_of_last_steps(rows: Iterable[HoldingRow]) -> dict[int, str]:
    """The words with which each of these took its last step: the reason of whoever asks, for those who may see it. One query."""
    known = [row["id"] for row in rows]
    last = HoldingStep.objects.filter(holding_id__in=known, version=F("holding__version"))
    return dict(last.values_list("holding_id", "note"))


@dataclass(frozen=True, slots=True)
class HoldingPage:
    """One power at a street: its row, its history, and what the actor may do with it now."""

    row: HoldingRow
    history: list[HistoryStep]
    steps: tuple[str, ...]


def holding_page(actor: Actor, number: str) -> HoldingPage:
    """Raises ``NotFound`` where there is none, or none that the actor may know of."""
    found = find(HOLDING, actor, number)
    steps = tuple(str(action) for action in possible_steps(HOLDING, actor, found))
    return HoldingPage(ROWS.one(found.pk), history_of(HOLDING, found.pk), steps)


def steps_of(actor: Actor, rows: Iterable[HoldingRow]) -> dict[int, tuple[str, ...]]:
    """What the actor may do with each of these, by id. One query, since a bar looks at who asked."""
    found = Holding.objects.in_bulk([row["id"] for row in rows])
    return {key: tuple(str(action) for action in possible_steps(HOLDING, actor, one)) for key, one in found.items()}
