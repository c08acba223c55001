"""What a second kind shows of its steps: names in place of ids and codes, and words of its own for a verb that others have too."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

from gezhi.contexts.cases.domain.states import Outcome
from gezhi.interfaces.web.steps import form_of
from gezhi.interfaces.web.verb_words import verb_choices
from gezhi.kernel.steps import Words
from gezhi.platform.access.actor import ANONYMOUS
from gezhi.platform.steps.inputs import Choice, asked_as, inputs_of, offered
from tests.frame.bookings import BOOKING
from tests.frame.table import Action


def _bodies(actor):
    return [Choice("7", "市政科"), Choice("8", Words("Other"))] if actor is ANONYMOUS else []


@dataclass(frozen=True, slots=True)
class _Given:
    outcome: Outcome = field(metadata=asked_as(Words("Outcome")))
    organisation_id: int = field(metadata=asked_as(Words("Body in charge")) | offered(_bodies))


def test_a_form_of_a_step_shows_names():
    verb = SimpleNamespace(kind=BOOKING, action=Action.APPROVE, inputs=inputs_of(_Given))
    form = form_of(verb, ANONYMOUS)(None)
    assert '<option value="resolved">已解决</option>' in str(form["outcome"])
    assert '<option value="7">市政科</option>' in str(form["organisation_id"])


def test_two_kinds_may_use_one_verb_with_words_of_their_own():
    groups = {str(name): dict(verbs) for name, verbs in verb_choices()}
    # Both can be cancelled, and each says it in the words of its own table.
    assert str(groups["工单"]["cancel"]) == "作废"
    assert str(groups["booking"]["cancel"]) == "cancel"
    assert "approve" in groups["booking"]
