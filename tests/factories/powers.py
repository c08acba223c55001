"""A register of powers on the town of ``factories.cases``: at two streets, with people who ask and people who answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from gezhi.contexts.areas.models import Area
from gezhi.contexts.powers.models import Holding
from gezhi.contexts.powers.use_cases.register_powers import PowerRow, register_powers
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.steps.verb import Command
from tests.factories.cases import MONDAY, SYSTEM, Town, grant, make_town, make_user

# E0107 goes to the street office by the duty table that ships.
ITEM = PowerRow(
    code="XY-001",
    name="对乱堆物料的行政处罚",
    name_en="Penalty: piled materials",
    original_kind="sanitation",
    level="street",
    valid_from=date(2026, 1, 1),
    class_prefix="E0107",
    legal_basis="鄂政发〔2021〕9号",
    status="exercised",
)


@dataclass
class Register:
    """The town, and what people do in it with the powers at its street."""

    town: Town

    @property
    def street(self) -> Area:
        return self.town.areas["420602001"]

    def at(self, code: str = "XY-001") -> Holding:
        return Holding.objects.get(power__code=code, street=self.street)

    def by(self, name: str | Actor, holding: Holding, *, now: datetime = MONDAY, note: str = "理由", **more) -> Command:
        actor = self.town.actor(name) if isinstance(name, str) else name
        return Command(actor=actor, number=holding.number, now=now, note=note, **more)


def make_register(*rows: PowerRow) -> Register:
    """The items (by default one that is exercised) entered at the street; ``both`` asks and answers for the whole city, and
    ``second_operations`` answers too."""
    town = make_town()
    register_powers(actor=SYSTEM, rows=rows or [ITEM], now=MONDAY)
    town.users |= {name: make_user(name) for name in ("both", "second_operations")}
    seal_new([town.users["both"], town.users["second_operations"]])
    grant(town.users["both"], Role.STREET_DISPATCHER, town.areas["4206"])
    grant(town.users["both"], Role.OPERATIONS, town.areas["4206"])
    grant(town.users["second_operations"], Role.OPERATIONS, town.areas["4206"])
    return Register(town)


def delegated(**fields) -> PowerRow:
    """The item as one that no street has claimed yet."""
    return replace(ITEM, status="delegated", **fields)
