"""Learn from confirmed cases which words speak of which class, and use it where it is no worse than what was used before."""

from __future__ import annotations

import hashlib
import multiprocessing
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.guess import Guess, Learned, Term, guesses, merged
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.suggest import Named, said_of
from gezhi.contexts.cases.learned import kept_terms, learned_in_force, packed, rows_of
from gezhi.contexts.cases.models import Case, GuessTerm, LearnedGuess
from gezhi.contexts.cases.queries.class_names import named_classes
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.record import record

if TYPE_CHECKING:
    from gezhi.solvers.text import TermModel

# The newest so many: a city's words change, and a night is short (20,000 take some minutes).
MOST_CASES = 20_000
# Of fewer cases of a class nothing is learnt, and of fewer in all nothing at all.
LEAST_OF_CLASS, LEAST_CASES, LEAST_HELD = 20, 200, 20
# One case in so many is held back from every night's learning: whatever is compared on them has never seen them.
HELD_ONE_IN = 10
# Versions that stay on record.
KEPT_VERSIONS = 30

Told = tuple[str, str]
Ranking = Callable[[str], Sequence[Guess]]


@dataclass(frozen=True, slots=True)
class Shares:
    """Of some cases the share (0 … 1) whose class is the first suggestion, and that whose class is among the first three."""

    first: float
    three: float

    def no_worse_than(self, other: Shares) -> bool:
        """Three are offered, so they count first."""
        return (self.three, self.first) >= (other.three, other.first)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A closed case: its words, its class, its grid (None outside of all)."""

    text: str
    code: str
    grid_id: int | None
    held_back: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """From how many cases was learnt, on how many it was tried, and the shares there of the fresh version and the one before."""

    cases: int
    held: int
    fresh: Shares
    before: Shares


def learn_guess(*, actor: Actor, now: datetime) -> LearnedGuess:
    """Learn from the newest closed cases; the new version is used if, on the cases held back, it is no worse than what is used.

    Raises ``InvalidInput`` (``too_few_cases``) where there is too little to learn from; what is used then stays.
    """
    require_in(actor, "learn_guess")
    in_force = catalogue()
    told = _confirmed(in_force.fallback_class, frozenset(in_force.classes))
    held = [(one.text, one.code) for one in told if one.held_back]
    counts = Counter(one.code for one in told if not one.held_back)
    learning = [one for one in told if not one.held_back and counts[one.code] >= LEAST_OF_CLASS]
    classes = {one.code for one in learning}
    if len(learning) < LEAST_CASES or len(held) < LEAST_HELD or len(classes) < 2:
        raise InvalidInput(
            "too_few_cases",
            filled(
                "too little to learn from: %(cases)s closed cases of %(classes)s classes; %(least)s of two are needed",
                cases=len(learning),
                classes=len(classes),
                least=LEAST_CASES,
            ),
        )
    learned, rows = _table_of(_apart(learning))
    named = named_classes(in_force)
    trial = Trial(
        len(learning),
        len(held),
        fresh=shares(held, _ranking(named, learned, rows)),
        before=shares(held, _ranking(named, *_used(in_force.scheme_code))),
    )
    return _keep(learned, rows, in_force.scheme_code, trial, actor=actor, now=now)


def is_held_back(number: str) -> bool:
    """Whether the case of this number is never learnt from."""
    return hashlib.sha256(number.encode()).digest()[0] % HELD_ONE_IN == 0


def shares(cases: Sequence[Told], ranking: Ranking) -> Shares:
    """How often a ranking has the class of a case. Raises ``ZeroDivisionError`` for no cases."""
    first = three = 0
    for text, code in cases:
        found = [guess.code for guess in ranking(text)][:3]
        first += found[:1] == [code]
        three += code in found
    return Shares(first / len(cases), three / len(cases))


def _confirmed(fallback: str, known: frozenset[str]) -> list[Confirmed]:
    """The newest closed cases: whoever handled and checked them left the class as it is."""
    newest = (
        Case.objects.filter(status=CaseStatus.CLOSED.value, merged_into=None, parent=None)
        .exclude(description="")
        .order_by("-pk")
        .values_list("number", "description", "class_code", "grid_id")[:MOST_CASES]
    )
    return [
        Confirmed(text, code, grid_id, held_back=is_held_back(number))
        for number, text, code, grid_id in newest
        if code in known and code != fallback
    ]


def _apart(learning: Sequence[Confirmed]) -> TermModel:
    """Learn in a process of its own: what its library takes of memory is given back with it."""
    # The web process knows this module, and needs no solver.
    from gezhi.solvers.text import learn_terms

    texts, labels = [kept_terms(one.text) for one in learning], [one.code for one in learning]
    grids = [one.grid_id for one in learning]
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn")) as apart:
        return apart.submit(learn_terms, texts, labels, grids).result()


def _table_of(model: TermModel) -> tuple[Learned, Mapping[str, Term]]:
    calibration = model.calibration
    learned = Learned(
        model.classes, tuple(model.bias.tolist()), calibration.slope, calibration.stretch, calibration.shift
    )
    rows = zip(model.terms, model.idf.tolist(), model.weights.tolist(), strict=True)
    return learned, {term: Term(idf, weights) for term, idf, weights in rows}


def _used(scheme_code: str) -> tuple[Learned | None, Mapping[str, Term]]:
    """What is used so far: nothing learnt, or not for this class table."""
    used = learned_in_force()
    if used is None or used.scheme_code != scheme_code:
        return None, {}
    return used.learned, rows_of(used.id)


def _ranking(named: Sequence[Named], learned: Learned | None, rows: Mapping[str, Term]) -> Ranking:
    def ranked(text: str) -> list[Guess]:
        learnt = [] if learned is None else guesses(text, learned, rows)
        return merged(text, learnt, said_of(text, named))

    return ranked


def _keep(
    learned: Learned, rows: Mapping[str, Term], scheme_code: str, trial: Trial, *, actor: Actor, now: datetime
) -> LearnedGuess:
    fresh, before = trial.fresh, trial.before
    better = fresh.no_worse_than(before)
    with transaction.atomic():
        if better:
            LearnedGuess.objects.filter(in_force=True).update(in_force=False)
        made = LearnedGuess.objects.create(
            learned_at=now,
            scheme_code=scheme_code,
            in_force=better,
            cases=trial.cases,
            held=trial.held,
            first=fresh.first,
            three=fresh.three,
            before_first=before.first,
            before_three=before.three,
            classes=learned.classes,
            bias=learned.bias,
            slope=learned.slope,
            stretch=learned.stretch,
            shift=learned.shift,
        )
        if better:
            GuessTerm.objects.exclude(guess=made).delete()
            GuessTerm.objects.bulk_create(
                (
                    GuessTerm(guess=made, term=term, idf=row.idf, weights=packed(row.weights))
                    for term, row in rows.items()
                ),
                batch_size=500,
            )
        past = LearnedGuess.objects.filter(in_force=False).order_by("-pk").values_list("pk", flat=True)
        LearnedGuess.objects.filter(pk__in=list(past[KEPT_VERSIONS : 2 * KEPT_VERSIONS])).delete()
        record(
            actor=actor,
            action="cases.guess_learned",
            object_type="learned_guess",
            object_id=made.pk,
            data={
                "cases": trial.cases,
                "held": trial.held,
                "used": better,
                "first": round(fresh.first, 4),
                "three": round(fresh.three, 4),
                "before_first": round(before.first, 4),
                "before_three": round(before.three, 4),
            },
            now=now,
        )
    learned_in_force.forget()
    return made
