"""The class table as data: every fault is told, and what a new version changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gezhi.contexts.cases.domain.class_table import (
    Attribute,
    AttributeKind,
    ChangeKind,
    ClassRow,
    Condition,
    changes,
    conditions_of,
    fallback_of,
    faults_of,
)
from gezhi.contexts.cases.use_cases.install_classes import shipped_classes

MAJOR = ClassRow("E01", "市容环境", "Appearance")
MINOR = ClassRow("E0110", "暴露垃圾", "Waste", conditions=conditions_of("4WH 1WD"), is_fallback=True)
THIRD = ClassRow("E011001", "厨余垃圾", "Kitchen waste", conditions=conditions_of("2UH"))
COLOUR = Attribute("bin_kind", "桶别", "Kind of bin", AttributeKind.CHOICE, True, ("厨余", "其他"))


def test_the_table_that_ships_has_no_fault_and_one_class_for_what_nobody_could_class():
    table = shipped_classes()
    assert faults_of(table) == []
    assert fallback_of(table) in {row.code for row in table}


def test_three_levels_with_conditions_and_attributes_are_a_table():
    table = [MAJOR, replace(MINOR, attributes=(COLOUR,)), THIRD]
    assert faults_of(table) == []
    assert table[1].limits == ("4WH", "1WD")
    assert THIRD.is_minor


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        (replace(MINOR, code="0110"), "code", "capital letter"),
        (replace(MINOR, code="E9"), "code", "3 to 12"),
        (replace(THIRD, code="E0110011234567"), "code", "3 to 12"),
        (replace(THIRD, code="E0210"), "code", "no major class E02"),
        (replace(THIRD, code="E0110"), "code", "twice"),
        (replace(THIRD, name=""), "name", "no name"),
        (replace(THIRD, name="名" * 61), "name", "at most 60"),
        (replace(THIRD, name_en="n" * 101), "name_en", "at most 100"),
        (replace(THIRD, conditions=()), "limits", "no filing condition"),
        (replace(THIRD, conditions=conditions_of("soon")), "limits", "'soon' is no time limit"),
        (replace(THIRD, conditions=(Condition("2WH", text="长" * 301),)), "condition", "at most 300"),
        (replace(THIRD, conditions=(Condition("2WH", closing="长" * 301),)), "closing", "at most 300"),
        (replace(THIRD, is_fallback=True), "fallback", "mark one"),
        (replace(THIRD, code="E02", is_fallback=True), "fallback", "major class"),
        (replace(THIRD, code="E02"), "limits", "no conditions of its own"),
        (replace(THIRD, attributes=(replace(COLOUR, code="Bin"),)), "attribute", "small letters"),
        (replace(THIRD, attributes=(COLOUR, COLOUR)), "attribute", "twice"),
        (replace(THIRD, attributes=(replace(COLOUR, name=""),)), "attribute", "no name"),
        (replace(THIRD, attributes=(replace(COLOUR, choices=("一",)),)), "choices", "2 to 40"),
        (replace(THIRD, attributes=(replace(COLOUR, choices=("一", "一")),)), "choices", "twice"),
        (replace(THIRD, attributes=(replace(COLOUR, kind=AttributeKind.DATE),)), "choices", "is no choice"),
    ],
)
def test_each_fault_is_told_with_its_class_and_field(row: ClassRow, field: str, words: str):
    found = faults_of([MAJOR, MINOR, row])
    assert (field, True) in {(fault.field, words in str(fault.said)) for fault in found}
    assert {fault.code for fault in found} <= {row.code, ""}


def test_a_table_without_classes_or_without_a_class_for_the_rest_is_none():
    assert [fault.field for fault in faults_of([])] == ["code"]
    assert [fault.field for fault in faults_of([MAJOR, replace(MINOR, is_fallback=False)])] == ["fallback"]


def test_what_a_new_version_changes():
    after = [MAJOR, replace(MINOR, name="垃圾", conditions=conditions_of("2WH")), replace(THIRD, code="E011002")]
    found = {change.code: (change.kind, change.fields) for change in changes([MAJOR, MINOR, THIRD], after)}
    assert found == {
        "E0110": (ChangeKind.CHANGED, ("name", "conditions")),
        "E011001": (ChangeKind.GONE, ()),
        "E011002": (ChangeKind.NEW, ()),
    }
    assert changes(after, after) == []
