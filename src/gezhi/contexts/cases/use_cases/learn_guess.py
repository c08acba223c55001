"""Learn from confirmed cases which words speak of which class, and use it where it is no worse than what was used before."""

from __future__ import annotations

import hmac
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.guess import Guess, Learned, Term, guesses, merged
from gezhi.contexts.cases.domain.states import CaseStatus, Unscored
from gezhi.contexts.cases.domain.suggest import Named, said_of, words_of_table
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.learned import kept_terms, learned_in_force, packed, rows_of
from gezhi.contexts.cases.models import Case, CaseStep, GuessTerm, LearnedGuess
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
    """A case whose class a second person found right: its words, its class, its grid (None outside of all), and who told it."""

    text: str
    code: str
    grid_id: int | None
    source: str
    held_back: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """From how many cases was learnt, on how many it was tried, and the shares there of the fresh version and the one before."""

    cases: int
    held: int
    fresh: Shares
    before: Shares


def learn_guess(*, actor: Actor, now: datetime) -> LearnedGuess:
    """Learn from the newest confirmed cases; the new version is used if, on the cases held back, it is no worse than what is used.

    Raises ``InvalidInput`` (``too_few_cases``) where there is too little to learn from; what is used then stays.
    """
    require_in(actor, "learn_guess")
    in_force = catalogue()
    told = bounded(
        _confirmed(in_force.fallback_class, frozenset(in_force.classes)), most=in_force.rules.guess_most_of_one
    )
    named = named_classes(in_force)
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
    learned, rows = _table_of(_apart(learning, words_of_table(named)))
    trial = Trial(
        len(learning),
        len(held),
        fresh=shares(held, _ranking(named, learned, rows)),
        before=shares(held, _ranking(named, *_used(in_force.scheme_code))),
    )
    return _keep(learned, rows, in_force.scheme_code, trial, actor=actor, now=now)


def is_held_back(number: str) -> bool:
    """Whether the case of this number is never learnt from. Only who has the city's key can tell."""
    drawn = hmac.digest(settings.ENV.data_key("follow"), f"class guess\n{number}".encode(), "sha256")
    return int.from_bytes(drawn[:4]) % HELD_ONE_IN == 0


def shares(cases: Sequence[Told], ranking: Ranking) -> Shares:
    """How often a ranking has the class of a case. Raises ``ZeroDivisionError`` for no cases."""
    first = three = 0
    for text, code in cases:
        found = [guess.code for guess in ranking(text)][:3]
        first += found[:1] == [code]
        three += code in found
    return Shares(first / len(cases), three / len(cases))


def bounded(told: Iterable[Confirmed], *, most: int) -> list[Confirmed]:
    """Of each class no more than so many cases of one grid (all outside of grids are one), and of one source; the first stay."""
    counts: Counter[tuple[str, str, object]] = Counter()
    found = []
    for one in told:
        keys = (("grid", one.code, one.grid_id), ("source", one.code, one.source))
        if all(counts[key] < most for key in keys):
            counts.update(keys)
            found.append(one)
    return found


def _confirmed(fallback: str, known: frozenset[str]) -> list[Confirmed]:
    """The newest cases that went the whole way and were checked by another person than those who said their class."""
    steps = CaseStep.objects.filter(case=OuterRef("pk")).order_by("-version")
    newest = (
        Case.objects.filter(status=CaseStatus.CLOSED.value, merged_into=None, parent=None, closing="")
        .exclude(description="")
        .exclude(unscored=Unscored.UNREASONABLE.value)
        .annotate(
            checker=Subquery(steps.filter(action=Action.CHECK.value).values("actor_id")[:1]),
            corrector=Subquery(steps.filter(action=Action.CORRECT.value).values("actor_id")[:1]),
        )
        .filter(checker__isnull=False)
        .order_by("-pk")
        .values_list(
            "number",
            "description",
            "class_code",
            "grid_id",
            "reported_at",
            "reporter_user_id",
            "registered_by_id",
            "corrector",
            "checker",
        )[:MOST_CASES]
    )
    return [
        Confirmed(text, code, grid_id, _source(reporter or registrar, grid_id, at), held_back=is_held_back(number))
        for number, text, code, grid_id, at, reporter, registrar, corrector, checker in newest
        if code in known and code != fallback and checker not in (reporter, registrar, corrector)
    ]


def _source(account: int | None, grid_id: int | None, at: datetime) -> str:
    """Who told a case, as far as that can be known: an account, or whoever it was in a grid on a day."""
    return f"account {account}" if account is not None else f"{grid_id} {at.date()}"


def _apart(learning: Sequence[Confirmed], own: frozenset[str]) -> TermModel:
    """Learn in a process of its own: what its library takes of memory is given back with it."""
    # The web process knows this module, and needs no solver.
    from gezhi.solvers.text import learn_told

    said = [one.text for one in learning]
    texts, labels = [kept_terms(text) for text in said], [one.code for one in learning]
    grids, sources = [one.grid_id for one in learning], [one.source for one in learning]
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn")) as apart:
        return apart.submit(learn_told, said, texts, labels, grids, sources=sources, own=own).result()


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
