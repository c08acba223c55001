"""A message as the search for topics sees it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its words, the places it names, when it came (Unix seconds), and votes for or against it."""

    id: str
    words: tuple[str, ...]
    places: frozenset[str]
    at_s: float
    votes: int = 0
