"""A step that is added to a kind is whole: each piece that is forgotten is named."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import get_template

from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.cases.use_cases import CASE
from gezhi.interfaces.api.v1.api import api
from gezhi.interfaces.problem import WORDS
from gezhi.interfaces.web.translations import COMPLETE, po_path
from gezhi.kernel.steps import Words

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
# Reports begin a life: `report_case` is no step.
BEGINS = {Action.REPORT}
# They belong to the list beside which a case is shown.
KEYS_OF_THE_LIST = set("jkn?/")


def catalogue():
    with po_path(COMPLETE).open("rb") as handle:
        return read_po(handle)


def translated(words: Words, known) -> bool:
    found = known.get(words.text, words.context or None)
    return found is not None and bool(found.string)


def forgotten(kind, table, verbs, *, life: str, schema: dict, known) -> list[str]:
    """What is missing of the steps of a kind, each with the step's name."""
    faults = []
    events, keys = Counter(row.event for row in table.values()), Counter()
    keys.update(row.button.key for row in table.values() if row.button)
    for action, row in table.items():
        if action not in verbs and action not in BEGINS:
            faults.append(f"{action}: no function in use_cases")
        if not row.event.startswith(f"{kind.name}.") or events[row.event] > 1:
            faults.append(f"{action}: its event '{row.event}' is another's or not of the kind")
        for name in ("does", "happened", "ahead"):
            said = getattr(row, name)
            if said is not None and not translated(said, known):
                faults.append(f"{action}: '{said.text}' has no translation")
        if row.button and (keys[row.button.key] > 1 or row.button.key in KEYS_OF_THE_LIST or not row.button.key):
            faults.append(f"{action}: the key '{row.button.key}' is taken or missing")
        if row.button and row.button.form:
            try:
                get_template(f"web/casework/{row.button.form}_fields.html")
            except TemplateDoesNotExist:
                faults.append(f"{action}: there is no form '{row.button.form}' (web/casework/…_fields.html)")
        if f"| {action.value} |" not in life:
            faults.append(f"{action}: not in docs/reference/case-life.md; run `make docs`")
        for one in verbs[action].inputs if action in verbs else ():
            if one.name not in schema:
                faults.append(f"{action}: the API does not read '{one.name}'")
            if one.fault[0] not in WORDS:
                faults.append(f"{action}: no words for the error '{one.fault[0]}' in interfaces/problem.py")
    return faults


@pytest.fixture(scope="module")
def whole():
    """All that a step needs, as it stands."""
    schemas = api.get_openapi_schema()["components"]["schemas"]
    return {
        "life": (REFERENCE / "case-life.md").read_text("utf-8"),
        "schema": schemas["ActionIn"]["properties"],
        "known": catalogue(),
    }


def test_every_step_of_a_case_is_whole(whole):
    assert forgotten(CASE, TRANSITIONS, CASE.verbs, **whole) == []


def changed(action, **fields):
    return TRANSITIONS | {action: replace(TRANSITIONS[action], **fields)}


def button(action, **fields):
    return changed(action, button=replace(TRANSITIONS[action].button, **fields))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (changed(Action.PAUSE, does=Words("Put on ice")), "pause: 'Put on ice' has no translation"),
        (changed(Action.PAUSE, happened=Words("Put on ice")), "pause: 'Put on ice' has no translation"),
        (changed(Action.CLOSE, ahead=Words("Shut", "action")), "close: 'Shut' has no translation"),
        (changed(Action.PAUSE, event="case.closed"), "pause: its event 'case.closed' is another's"),
        (changed(Action.PAUSE, event="paused"), "pause: its event 'paused' is another's or not of the kind"),
        (button(Action.PAUSE, key="d"), "pause: the key 'd' is taken"),
        (button(Action.PAUSE, key="j"), "pause: the key 'j' is taken"),
        (button(Action.PAUSE, key=""), "pause: the key '' is taken or missing"),
        (button(Action.PAUSE, form="ice"), "pause: there is no form 'ice'"),
    ],
)
def test_what_is_forgotten_in_the_table_is_named(whole, table, words):
    faults = forgotten(CASE, table, CASE.verbs, **whole)
    assert any(fault.startswith(words) for fault in faults), faults


def test_what_is_forgotten_elsewhere_is_named(whole):
    before = forgotten(CASE, TRANSITIONS, CASE.verbs, **whole)

    def faults(verbs=CASE.verbs, **changes):
        found = forgotten(CASE, TRANSITIONS, verbs, **{**whole, **changes})
        return [fault for fault in found if fault not in before]

    without = {action: verb for action, verb in CASE.verbs.items() if action != Action.PAUSE}
    assert faults(without) == ["pause: no function in use_cases"]
    life = whole["life"].replace("| pause |", "|  |")
    assert faults(life=life) == ["pause: not in docs/reference/case-life.md; run `make docs`"]
    schema = {name: value for name, value in whole["schema"].items() if name != "outcome"}
    assert faults(schema=schema) == ["handle: the API does not read 'outcome'"]


def test_a_verb_cannot_be_written_twice_or_without_a_row():
    from gezhi.platform.steps.verb import step

    with pytest.raises(ValueError, match="two functions"):

        @step(CASE, Action.PAUSE)
        def another(case: object, at: object) -> dict:
            return {}

    with pytest.raises(ValueError, match="not in the table"):
        step(CASE, "fly")
