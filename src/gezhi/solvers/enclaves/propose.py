"""Hand-overs and chains of at most three moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict

from gezhi.solvers.certificate import Certificate, Progress, Reason, ShouldStop, Status, never, silent
from gezhi.solvers.enclaves.find import Piece, PieceKind, bodies, borders_of, find_pieces, reach
from gezhi.solvers.enclaves.task import EnclaveTask, Land, read_land

MOST_MOVES = 3


@dataclass(frozen=True)
class Move:
    """Units that go from one area to another."""

    units: tuple[int, ...]
    giver: str
    taker: str


@dataclass(frozen=True)
class Proposal:
    """Moves that settle one piece, to be done together; households of the areas touched, before and after."""

    piece: Piece
    moves: tuple[Move, ...]
    before: dict[str, int]
    after: dict[str, int]


class EnclaveFigures(TypedDict):
    """Counts: ``areas`` that run units, pieces by kind, what is proposed, and the pieces left when all is carried out."""

    units: int
    areas: int
    enclaves: int
    detached: int
    proposals: int
    moves: int
    households_moved: int
    pieces_left: int


@dataclass(frozen=True)
class EnclaveResult:
    """``ids`` turns the units' positions into names. ``unsettled``: pieces that no chain of three moves can settle, or
    for which there was no time."""

    status: Status
    ids: tuple[str, ...]
    pieces: tuple[Piece, ...]
    proposals: tuple[Proposal, ...]
    unsettled: tuple[tuple[Piece, str], ...]
    figures: EnclaveFigures
    certificate: Certificate


class _State:
    """Who runs what while moves are tried and taken back."""

    def __init__(self, land: Land, band: tuple[int, int] | None) -> None:
        self.land = land
        self.band = band
        self.owner = list(land.run_by)
        self.members: dict[str, set[int]] = defaultdict(set)
        self.load: dict[str, int] = defaultdict(int)
        for unit, area in enumerate(self.owner):
            self.members[area].add(unit)
            self.load[area] += land.households[unit]
        self.parts = {area: len(bodies(units, land)) for area, units in self.members.items()}

    def move(self, units: tuple[int, ...], taker: str) -> None:
        for unit in units:
            giver = self.owner[unit]
            self.members[giver].remove(unit)
            self.members[taker].add(unit)
            self.load[giver] -= self.land.households[unit]
            self.load[taker] += self.land.households[unit]
            self.owner[unit] = taker

    def outside(self, households: int) -> int:
        """Households beyond the band."""
        if self.band is None:
            return 0
        return max(self.band[0] - households, households - self.band[1], 0)

    def pieces_of(self, areas: set[str]) -> int:
        """Connected bodies of ``areas`` as they are now; ``parts`` holds those before the moves being tried."""
        return sum(len(bodies(self.members[area], self.land)) for area in areas)

    def may_leave(self, unit: int) -> bool:
        """Whether the body of ``unit`` stays in one piece, and its area not empty, without it."""
        area = self.members[self.owner[unit]]
        near = [other for other in self.land.open[unit] if other in area]
        if not near:
            return len(area) > 1
        return set(near) <= reach(near[0], area - {unit}, self.land)


def _first_moves(piece: Piece, state: _State) -> list[Move]:
    """The areas that could take a piece: those that touch it, the longest border first."""
    metres = borders_of(piece.units, state.owner, state.land)
    touching = {state.owner[other] for unit in piece.units for other in state.land.open[unit]} - {piece.run_by}
    takers = sorted(touching, key=lambda area: (-metres[area], area))
    return [Move(piece.units, piece.run_by, taker) for taker in takers]


def _next_moves(state: _State, touched: set[str], before: dict[str, int], fixed: set[int]) -> Iterator[Move]:
    """Single units that would bring an area nearer to the band: out of the first that is over, into the first under."""
    for area in sorted(touched):
        beyond = state.outside(state.load[area])
        if beyond <= state.outside(before[area]):
            continue
        over = state.band is not None and state.load[area] > state.band[1]
        units = (
            state.members[area]
            if over
            else {o for u in state.members[area] for o in state.land.open[u]} - state.members[area]
        )
        for unit in sorted(units - fixed):
            if not state.may_leave(unit):
                continue
            if over:
                takers = {state.owner[other] for other in state.land.open[unit]} - {area}
                yield from (Move((unit,), area, taker) for taker in sorted(takers))
            else:
                yield Move((unit,), state.owner[unit], area)
        return


def _chains(
    state: _State, moves: list[Move], before: dict[str, int], left: int, stop: ShouldStop
) -> Iterator[tuple[Move, ...]]:
    """Every chain that begins with ``moves`` (already done), has exactly ``left`` more, and keeps the band."""
    touched = {area for move in moves for area in (move.giver, move.taker)}
    if left == 0:
        keeps = all(state.outside(state.load[area]) <= state.outside(before[area]) for area in touched)
        if keeps and state.pieces_of(touched) < sum(state.parts[area] for area in touched):
            yield tuple(moves)
        return
    fixed = {unit for move in moves for unit in move.units}
    for move in list(_next_moves(state, touched, before, fixed)):
        if stop():
            return
        state.move(move.units, move.taker)
        yield from _chains(state, [*moves, move], before, left - 1, stop)
        state.move(move.units, move.giver)


def _settle(piece: Piece, state: _State, stop: ShouldStop) -> tuple[Move, ...] | None:
    """The best chain for a piece by fewest moves, then fewest households, then the longest border with the taker."""
    before = dict(state.load)
    for length in range(1, MOST_MOVES + 1):
        best: tuple[int, int, tuple[Move, ...]] | None = None
        for rank, first in enumerate(_first_moves(piece, state)):
            state.move(first.units, first.taker)
            for chain in _chains(state, [first], before, length - 1, stop):
                households = sum(state.land.households[unit] for move in chain for unit in move.units)
                if best is None or (households, rank) < best[:2]:
                    best = (households, rank, chain)
            state.move(first.units, first.giver)
        if best is not None:
            return best[2]
    return None


def _why_not(piece: Piece, state: _State, stopped: bool) -> str:
    if stopped:
        return "no time was left to look for a chain"
    if not _first_moves(piece, state):
        return "it touches no other area"
    households = sum(state.land.households[unit] for unit in piece.units)
    takers = ", ".join(
        f"'{move.taker}' would hold {state.load[move.taker] + households}" for move in _first_moves(piece, state)
    )
    rest = state.load[piece.run_by] - households
    return f"'{piece.run_by}' would keep {rest} households, {takers}, and no chain of {MOST_MOVES} moves keeps the band"


def settle_enclaves(
    task: EnclaveTask, *, should_stop: ShouldStop = never, progress: Progress = silent
) -> EnclaveResult:
    """Find all pieces of ``task`` and propose how to settle them. Independent of the order of the input.

    Raises ``InvalidInput`` naming the field.
    """
    land = read_land(task)
    state = _State(land, task.band)
    pieces = find_pieces(state.owner, land, task.least_share)
    proposals: list[Proposal] = []
    unsettled: list[tuple[Piece, str]] = []
    for number, piece in enumerate(pieces):
        # An earlier chain may have joined or changed the piece.
        units = tuple(unit for unit in piece.units if state.owner[unit] == piece.run_by)
        main = bodies(state.members[piece.run_by], land)[0] if units else set()
        if units and units[0] not in main:
            found = None if should_stop() else _settle(piece, state, should_stop)
            if found is None:
                unsettled.append((piece, _why_not(piece, state, should_stop())))
            else:
                areas = sorted({area for move in found for area in (move.giver, move.taker)})
                before = {area: state.load[area] for area in areas}
                for move in found:
                    state.move(move.units, move.taker)
                state.parts.update({area: state.pieces_of({area}) for area in areas})
                proposals.append(Proposal(piece, found, before, {area: state.load[area] for area in areas}))
        progress((number + 1) / len(pieces), f"{number + 1} of {len(pieces)} pieces")
    return _result(land, pieces, proposals, unsettled, state, stopped=should_stop())


def _result(
    land: Land, pieces: list[Piece], proposals: list[Proposal], unsettled: list[tuple[Piece, str]], state: _State, *,
    stopped: bool,
) -> EnclaveResult:  # fmt: skip
    moved = sum(land.households[unit] for proposal in proposals for move in proposal.moves for unit in move.units)
    left = sum(len(bodies(units, land)) - 1 for units in state.members.values() if units)
    figures: EnclaveFigures = {
        "units": len(land.ids),
        "areas": len({*land.run_by}),
        "enclaves": sum(piece.kind is PieceKind.ENCLAVE for piece in pieces),
        "detached": sum(piece.kind is PieceKind.DETACHED for piece in pieces),
        "proposals": len(proposals),
        "moves": sum(len(proposal.moves) for proposal in proposals),
        "households_moved": moved,
        "pieces_left": left,
    }
    reasons = tuple(
        Reason("unsettled", words, tuple(land.ids[unit] for unit in piece.units)) for piece, words in unsettled
    )
    if not pieces:
        status, claim = Status.OPTIMAL, "Proven: every area is in one piece; there is nothing to hand over."
    else:
        status = Status.FEASIBLE
        claim = f"{len(proposals)} of {len(pieces)} pieces can be settled, each with the fewest moves (all chains were tried)."
        if unsettled:
            status = Status.PARTIAL if proposals else Status.IMPOSSIBLE
            if stopped:
                status = Status.PARTIAL if proposals else Status.NONE_FOUND
            claim += f" {len(unsettled)} cannot: {unsettled[0][1]}."
    bound = float(len(proposals))
    certificate = Certificate(
        claim,
        value=float(figures["moves"]),
        bound=bound,
        bound_from="at least one move for each piece",
        reasons=reasons,
    )
    return EnclaveResult(status, land.ids, tuple(pieces), tuple(proposals), tuple(unsettled), figures, certificate)
