"""What the class guess has learnt, as a process reads it: what belongs to the whole at times, the rows of some terms by a query."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from gezhi.contexts.cases.domain.guess import Guess, Learned, Term, guesses
from gezhi.contexts.cases.domain.shared_words import terms_of
from gezhi.contexts.cases.models import GuessTerm, LearnedGuess
from gezhi.platform.kept import kept

FRESH_SECONDS = 30.0
LONGEST_TERM = 40


@dataclass(frozen=True, slots=True)
class InForce:
    """The learned version that is used."""

    id: int
    scheme_code: str
    learned: Learned


def kept_terms(text: str) -> frozenset[str]:
    """The terms of a text that a table can hold."""
    return frozenset(term for term in terms_of(text) if len(term) <= LONGEST_TERM)


def packed(weights: Iterable[float]) -> bytes:
    """Weights as a row holds them: float32, the lowest byte first."""
    numbers = list(weights)
    return struct.pack(f"<{len(numbers)}f", *numbers)


def term_of(idf: float, weights: bytes | memoryview[int]) -> Term:
    """A row as the guess reads it."""
    content = bytes(weights)
    return Term(idf, struct.unpack(f"<{len(content) // 4}f", content))


def _version() -> object:
    return LearnedGuess.objects.filter(in_force=True).values_list("pk", flat=True).first()


@kept(seconds=FRESH_SECONDS, version=_version)
def learned_in_force() -> InForce | None:
    """The version that is used; None before the first. What another process has learnt is there within ``FRESH_SECONDS``."""
    row = LearnedGuess.objects.filter(in_force=True).first()
    if row is None:
        return None
    learned = Learned(tuple(row.classes), tuple(row.bias), row.slope, row.stretch, row.shift)
    return InForce(row.pk, row.scheme_code, learned)


def rows_of(version: int, terms: Iterable[str] | None = None) -> Mapping[str, Term]:
    """The rows of a version: of some terms, or all."""
    found = GuessTerm.objects.filter(guess_id=version)
    if terms is not None:
        found = found.filter(term__in=sorted(terms))
    return {term: term_of(idf, weights) for term, idf, weights in found.values_list("term", "idf", "weights")}


def learned_guesses(text: str, *, scheme_code: str, most: int = 3, told: Set[str] | None = None) -> list[Guess]:
    """What was learnt says of a text, best first: one query. Nothing where it was learnt for another class table. ``told``: as
    ``guesses`` has it."""
    used = learned_in_force()
    terms = kept_terms(text)
    if used is None or used.scheme_code != scheme_code or not terms:
        return []
    return guesses(text, used.learned, rows_of(used.id, terms), most=most, told=told)
