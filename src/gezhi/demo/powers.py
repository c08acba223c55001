"""A plausible catalogue of powers delegated to streets, made from the class table: an illustration, not the city's list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from gezhi.contexts.cases.domain.class_table import ClassRow
from gezhi.contexts.cases.use_cases.install_duties import DutyRow
from gezhi.contexts.powers.use_cases.register_powers import PowerRow

_STREETS_OWN = {"street_office", "community_committee"}
_BASIS = "示例数据：依据类别参照街道赋权事项指导清单（鄂政发〔2021〕9号）的体例编写，不是法定清单"

# What may be delegated about a class, by its first letter: events, components, service matters.
_MATTERS: dict[str, tuple[tuple[str, str], ...]] = {
    "E": (
        ("对“{zh}”的行政处罚", "Administrative penalty: {en}"),
        ("对“{zh}”的监督检查", "Inspection: {en}"),
        ("责令改正“{zh}”", "Order to put right: {en}"),
    ),
    "C": (
        ("“{zh}”日常维护监督", "Supervision of upkeep: {en}"),
        ("对损毁“{zh}”行为的查处", "Investigation of damage: {en}"),
    ),
    "S": (
        ("“{zh}”受理", "Intake: {en}"),
        ("“{zh}”办理", "Handling: {en}"),
        ("“{zh}”回访核实", "Follow-up: {en}"),
    ),
}


def plan_powers(
    classes: Iterable[ClassRow], duties: Iterable[DutyRow], *, count: int, valid_from: date
) -> list[PowerRow]:
    """``count`` powers, taken evenly from all that the class table offers. Raises ``ValueError`` if it offers fewer."""
    holders = {row.class_prefix: row.organisation_kind for row in duties}
    offers = [(row, matter) for row in classes if len(row.code) > 3 for matter in _MATTERS[row.code[0]]]
    if len(offers) < count:
        raise ValueError(f"the class table offers {len(offers)} powers, {count} are wanted")
    chosen = [offers[i * len(offers) // count] for i in range(count)]
    return [
        PowerRow(
            code=f"XY-{number:04d}",
            name=zh.format(zh=row.name),
            name_en=en.format(en=row.name_en)[:160],
            class_prefix=row.code,
            original_kind=_holder(row.code, holders),
            level="street",
            handle_limit=row.limits[0] if row.limits else "",
            legal_basis=_BASIS,
            status="exercised",
            valid_from=valid_from,
        )
        for number, (row, (zh, en)) in enumerate(chosen, start=1)
    ]


def _holder(code: str, holders: dict[str, str]) -> str:
    """The kind of body that the duty table names for a class: the longest prefix that fits."""
    fitting = [prefix for prefix in holders if code.startswith(prefix)]
    holder = holders[max(fitting, key=len)]
    # What streets settle by themselves was delegated to them by somebody.
    return "urban_management" if holder in _STREETS_OWN else holder
