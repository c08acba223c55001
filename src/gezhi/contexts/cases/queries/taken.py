"""Why a case was taken from somebody: in the words of whoever did it, for those who may read them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from gezhi.contexts.cases.models import CaseStep
from gezhi.contexts.cases.queries.lists import CASES
from gezhi.platform.access.actor import Actor


def reasons_of(actor: Actor, steps: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The words of these steps, named by the number of a case and a version, of the cases that the actor sees all of; steps without
    words are left out. Two queries, none for no steps."""
    wanted = set(steps)
    if not wanted:
        return {}
    seen = CASES.seen_whole(actor).filter(number__in={number for number, _version in wanted})
    numbers = dict(seen.values_list("pk", "number"))
    named = [
        Q(case_id=key, version=version) for key, number in numbers.items() for of, version in wanted if of == number
    ]
    if not named:
        return {}
    found = CaseStep.objects.filter(reduce(or_, named)).exclude(note="")
    return {(numbers[key], version): note for key, version, note in found.values_list("case_id", "version", "note")}
