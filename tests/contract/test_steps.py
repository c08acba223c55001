"""A step that is added to a kind is whole: each piece that is forgotten is named, whatever the kind."""

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
from gezhi.platform.steps.registry import kinds
from tests.frame.bookings import BOOKING
from tests.frame.table import Action as BookingAction

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
# They belong to the list beside which a case is shown.
KEYS_OF_THE_LIST = set("jkn?/")
# Where the forms of a kind lie, where not in a folder called as its topic is.
FORMS_OF = {"case": "casework"}


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
        # What begins a life (a report) is no step: it comes from nowhere.
        # Nor is what only ever goes along with a step on another.
        if action not in verbs and row.sources and row.permits:
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
                get_template(f"web/{FORMS_OF.get(kind.name, kind.topic)}/{row.button.form}_fields.html")
            except TemplateDoesNotExist:
                faults.append(f"{action}: there is no form '{row.button.form}' (web/casework/…_fields.html)")
        if f"| {action.value} |" not in life:
            faults.append(f"{action}: not in docs/reference/{kind.name}-life.md; run `make docs`")
        for one in verbs[action].inputs if action in verbs else ():
            if one.name not in schema:
                faults.append(f"{action}: the API does not read '{one.name}'")
            if one.fault[0] not in WORDS:
                faults.append(f"{action}: no words for the error '{one.fault[0]}' in interfaces/problem.py")
    return faults


def pieces_of(kind) -> dict:
    """All that the steps of a kind need, as it stands; what is not there is empty."""
    document = REFERENCE / f"{kind.name}-life.md"
    address = f"/api/v1/{kind.topic}/{{number}}/actions/{{action}}"
    asked = api.get_openapi_schema()
    schema = {}
    if address in asked["paths"]:
        body = asked["paths"][address]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        schema = asked["components"]["schemas"][body.rpartition("/")[2]]["properties"]
    return {
        "life": document.read_text("utf-8") if document.exists() else "",
        "schema": schema,
        "known": catalogue(),
    }


@pytest.fixture(scope="module")
def whole():
    """All that a step of a case needs, as it stands."""
    return pieces_of(CASE)


# The suite's second kind: it is served by the tests' own addresses, and no document or catalogue of the product has it.
PLANTED = {BOOKING.name}


def test_every_kind_is_walked():
    assert {kind.name for kind in kinds()} >= {CASE.name, *PLANTED}


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind.name not in PLANTED], ids=lambda kind: kind.name)
def test_every_step_is_whole(kind):
    assert forgotten(kind, kind.table, kind.verbs, **pieces_of(kind)) == []


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_every_name_of_a_step_and_of_a_status_has_room_in_the_tables(kind):
    """SQLite keeps what is too long; PostgreSQL refuses it."""

    def room(model, column):
        return model._meta.get_field(column).max_length

    longest_status = max(len(status.value) for status in kind.statuses)
    assert max(len(action.value) for action in kind.table) <= room(kind.history, "action")
    assert longest_status <= min(room(kind.history, "from_status"), room(kind.history, "to_status"))
    assert longest_status <= room(kind.model, "status")


def test_what_a_second_kind_forgets_is_named():
    faults = forgotten(BOOKING, BOOKING.table, BOOKING.verbs, **pieces_of(BOOKING))
    assert "approve: 'approved' has no translation" in faults
    assert "approve: not in docs/reference/booking-life.md; run `make docs`" in faults
    assert "check_in: the API does not read 'came'" in faults
    # It has a function, an event and a key for each step.
    kinds_of_fault = {"has no translation", "not in docs/reference/booking-life.md", "the API does not read"}
    assert all(any(words in fault for words in kinds_of_fault) for fault in faults), faults
    served = {"schema": dict.fromkeys(one.name for verb in BOOKING.verbs.values() for one in verb.inputs)}
    assert not [
        fault
        for fault in forgotten(BOOKING, BOOKING.table, BOOKING.verbs, **{**pieces_of(BOOKING), **served})
        if "the API" in fault
    ]
    without = {action: verb for action, verb in BOOKING.verbs.items() if action != BookingAction.MISS}
    assert "miss: no function in use_cases" in forgotten(BOOKING, BOOKING.table, without, **pieces_of(BOOKING))


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
    assert faults(schema=schema) == [
        f"{action}: the API does not read 'outcome'" for action in ("handle", "force_close")
    ]


def test_a_verb_cannot_be_written_twice_or_without_a_row():
    from gezhi.platform.steps.verb import step

    with pytest.raises(ValueError, match="two functions"):

        @step(CASE, Action.PAUSE)
        def another(case: object, at: object) -> dict:
            return {}

    with pytest.raises(ValueError, match="not in the table"):
        step(CASE, "fly")
