"""Where a correction has taken a case, in words for whoever made it: it may be out of their sight from then on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext

from gezhi.contexts.areas.queries import areas_by_id
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.queries import Landed, landed
from gezhi.contexts.cases.use_cases import StepResult
from gezhi.contexts.organisations.queries import organisations_by_id
from gezhi.interfaces.web.words import english, local_name


def landed_words(result: StepResult, action: str, *, now: datetime) -> str:
    """To whose hub and to which body a correction has taken a case, and that nobody works there; empty where it stays as it was,
    and of any other step."""
    found = landed(result, now=now) if action == Action.CORRECT else None
    if found is None:
        return ""
    return (" " if english() else "").join(_sentences(found))


def _sentences(one: Landed) -> Iterator[str]:
    if one.taken_back:
        yield gettext("Whoever had it does not act there and has it no more.")
    if one.hub_area_id is not None:
        told = {"place": local_name(areas_by_id([one.hub_area_id]).get(one.hub_area_id))}
        if one.waiting:
            yield gettext("It waits for its dispatch in %(place)s now.") % told
        else:
            yield gettext("It lies in %(place)s now; whoever has it keeps it.") % told
        if one.hub_empty:
            yield gettext("Nobody has the role of a street dispatcher there: city operations must see to it.")
    if not one.renamed:
        return
    if one.body_id is None:
        yield gettext("The duty table names nobody for it now.")
        return
    told = {"body": local_name(organisations_by_id([one.body_id]).get(one.body_id))}
    yield gettext("The duty table names %(body)s for it now.") % told
    if one.body_unseen:
        yield gettext("Nobody of that body has an account that sees it: tell them in another way.")
