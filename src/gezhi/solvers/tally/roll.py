"""The roll of a vote: exclusive units, who owns them, and how they become heads that each count once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import msgspec

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.distinct import require_distinct

Kind = Literal["dwelling", "commercial", "office", "parking", "storage", "other"]
# Courts are split over parking and storage, so they count only where a matter's own rule says so.
USUAL_KINDS: tuple[Kind, ...] = ("dwelling", "commercial", "office", "other")


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner's part of a unit; ``share`` is a fraction in text, '1/2', and 1 for a sole owner."""

    id: str
    share: str = "1"


@dataclass(frozen=True, slots=True)
class Unit:
    """An exclusive part. ``area`` in 0.01 m² as registered. ``voter`` is the co-owner whom the co-owners named.

    ``status`` 'unsold' and 'undelivered' units are voted by the roll's developer, all as one head.
    """

    id: str
    area: int
    owners: tuple[Owner, ...] = ()
    kind: Kind = "dwelling"
    voter: str | None = None
    building: str | None = None
    stairwell: str | None = None
    status: Literal["owned", "unsold", "undelivered"] = "owned"


@dataclass(frozen=True, slots=True)
class Roll:
    """Everybody who may vote, frozen: ``hash`` (SHA-256 in hex, optional) must be the roll's own."""

    units: tuple[Unit, ...]
    developer: str | None = None
    hash: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a matter counts: the whole estate, a building or a stairwell, and which kinds of unit.

    ``area_kinds`` add to the areas; a head counts when it owns a unit of ``head_kinds``.
    """

    building: str | None = None
    stairwell: str | None = None
    area_kinds: tuple[Kind, ...] = USUAL_KINDS
    head_kinds: tuple[Kind, ...] = USUAL_KINDS


@dataclass(frozen=True, slots=True)
class Head:
    """One voter before the law: an owner, or the same co-owners together, with all their units in scope.

    ``area`` in 0.01 m²; ``heads`` is 1, or 0 where only areas of its kinds count. ``voter`` is None while
    co-owners have named nobody.
    """

    owners: frozenset[str]
    units: frozenset[str]
    voter: str | None
    area: int
    heads: int


# Made once: a large vote writes hundreds of thousands of small objects.
_ENCODER = msgspec.json.Encoder(order="sorted")


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no blanks and UTF-8: equal values have equal bytes."""
    try:
        return _ENCODER.encode(value)
    except OverflowError:  # an integer of more than 64 bits
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return text.encode("utf-8")


def roll_hash(roll: Roll) -> str:
    """SHA-256 of the roll in canonical form, units and owners in the order of their ids."""
    units = [
        {
            "id": unit.id,
            "area": unit.area,
            "owners": [
                {"id": owner.id, "share": owner.share} for owner in sorted(unit.owners, key=lambda owner: owner.id)
            ],
            "kind": unit.kind,
            "voter": unit.voter,
            "building": unit.building,
            "stairwell": unit.stairwell,
            "status": unit.status,
        }
        for unit in sorted(roll.units, key=lambda unit: unit.id)
    ]
    return hashlib.sha256(canonical({"developer": roll.developer, "units": units})).hexdigest()


def voters_of(roll: Roll) -> frozenset[str]:
    """Everybody in whose name a ballot may stand: the owners of all units, in scope or not, and the developer."""
    owners = {owner.id for unit in roll.units for owner in unit.owners}
    return frozenset(owners if roll.developer is None else owners | {roll.developer})


def _share(text: str, place: str) -> Fraction:
    top, _, bottom = text.partition("/")
    for part in (top, bottom or "1"):
        if not (part.isascii() and part.isdigit() and len(part) <= 18):
            raise InvalidInput("tally.bad_share", f"'{text}' is no fraction such as 1/2", field=place)
    if not int(bottom or "1") or not 0 < Fraction(int(top), int(bottom or "1")) <= 1:
        raise InvalidInput("tally.bad_share", f"'{text}' is not above 0 and at most 1", field=place)
    return Fraction(int(top), int(bottom or "1"))


def _checked_unit(unit: Unit, developer: str | None, place: str) -> frozenset[str]:
    """The owners of a unit, as those who vote for it; raises ``InvalidInput`` where the unit cannot be."""
    if unit.area <= 0:
        raise InvalidInput("tally.bad_area", f"{unit.area} is not above 0 (in 0.01 m²)", field=f"{place}.area")
    if unit.stairwell is not None and unit.building is None:
        raise InvalidInput("tally.no_building", "a stairwell needs its building", field=f"{place}.building")
    if unit.status != "owned":
        if developer is None:
            raise InvalidInput(
                "tally.no_developer", f"unit {unit.id} is {unit.status}: name the developer", field="roll.developer"
            )
        return frozenset({developer})
    if len(unit.owners) == 1 and unit.owners[0].share == "1" and unit.voter in {None, unit.owners[0].id}:
        return frozenset({unit.owners[0].id})  # most units of any roll
    names = [owner.id for owner in unit.owners]
    if not names:
        raise InvalidInput("tally.no_owner", f"unit {unit.id} has no owner", field=f"{place}.owners")
    if len(set(names)) != len(names):
        raise InvalidInput("tally.owner_twice", f"unit {unit.id} names an owner twice", field=f"{place}.owners")
    if sum((_share(owner.share, f"{place}.owners") for owner in unit.owners), Fraction(0)) != 1:
        raise InvalidInput("tally.shares", f"the shares of unit {unit.id} do not add up to 1", field=f"{place}.owners")
    if unit.voter is not None and unit.voter not in names:
        raise InvalidInput(
            "tally.voter_not_owner", f"'{unit.voter}' is no owner of unit {unit.id}", field=f"{place}.voter"
        )
    return frozenset(names)


def _in_scope(unit: Unit, scope: Scope) -> bool:
    if scope.building is not None and unit.building != scope.building:
        return False
    return scope.stairwell is None or unit.stairwell == scope.stairwell


def heads_of(roll: Roll, scope: Scope) -> list[Head]:
    """The heads of a matter, in the order of their smallest unit id. O(n log n) in the units.

    One owner of several units is one head with the sum of the areas; so are the same co-owners of several units, and
    so is the developer with all that is unsold or undelivered (judicial interpretation of the Civil Code's book on
    ownership of buildings, art. 8 and 9). Raises ``InvalidInput`` for a roll that cannot be, and for an empty scope.
    """
    if scope.stairwell is not None and scope.building is None:
        raise InvalidInput("tally.no_building", "a stairwell needs its building", field="scope.building")
    names = [unit.id for unit in roll.units]
    require_distinct(names, code="tally.unit_twice", field="roll.units[{}].id", kind="unit")
    groups: dict[frozenset[str], list[tuple[str, Unit]]] = {}
    for number, unit in enumerate(roll.units):
        place = f"roll.units[{number}]"
        owners = _checked_unit(unit, roll.developer, place)
        if _in_scope(unit, scope):
            groups.setdefault(owners, []).append((place, unit))
    if roll.hash is not None and roll.hash != roll_hash(roll):
        raise InvalidInput("tally.roll_changed", "is not the hash of this roll: it was changed", field="roll.hash")
    heads = [_head(owners, units, scope) for owners, units in groups.items()]
    counted = sorted((head for head in heads if head.area or head.heads), key=lambda head: min(head.units))
    if not sum(head.area for head in counted) or not sum(head.heads for head in counted):
        raise InvalidInput("tally.empty_roll", "no unit in scope counts: nobody may vote", field="roll.units")
    return counted


def _head(owners: frozenset[str], units: Iterable[tuple[str, Unit]], scope: Scope) -> Head:
    placed = list(units)
    named = {unit.voter for _, unit in placed if unit.voter is not None}
    if len(named) > 1:
        raise InvalidInput(
            "tally.two_voters",
            f"the co-owners of {', '.join(sorted(unit.id for _, unit in placed))} are one head: name one voter",
            field=f"{placed[-1][0]}.voter",
        )
    sole = next(iter(owners)) if len(owners) == 1 else None
    return Head(
        owners=owners,
        units=frozenset(unit.id for _, unit in placed),
        voter=sole if sole is not None else next(iter(named), None),
        area=sum(unit.area for _, unit in placed if unit.kind in scope.area_kinds),
        heads=int(any(unit.kind in scope.head_kinds for _, unit in placed)),
    )
