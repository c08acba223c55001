"""Find land that one area runs inside another, and propose who should take it over. A dry run: nothing is carried out.

Formulation. Units with the area that runs each; neighbours with metres of common border. A piece is a connected
component (over borders of at least ``touch_m`` that are no barrier) of an area's units other than its most populous
one, the main body. It is an enclave of area B when B has at least ``least_share`` of its perimeter, and is detached
otherwise. A hand-over moves a piece to a neighbouring area; a chain adds moves of single border units between areas.
Hard: at most three moves; each unit moved touches the area that takes it; no area falls into more pieces by a move; every
area touched keeps the band, or is no further from it than before. Objective: fewest moves, then fewest households
moved, then the longest common border with the new area.
Method: components, then iterative deepening over all chains, exhaustive for each piece: with b border units of the
areas involved, O(b²) chains of three moves, each checked by a search through one area. Pieces are settled one after
another, longest shared border first, each on the outcome of those before, so that all proposals can be carried out.
"""

from gezhi.solvers.enclaves.find import Piece, PieceKind
from gezhi.solvers.enclaves.propose import EnclaveFigures, EnclaveResult, Move, Proposal, settle_enclaves
from gezhi.solvers.enclaves.task import Border, EnclaveTask, RunUnit

__all__ = [
    "Border",
    "EnclaveFigures",
    "EnclaveResult",
    "EnclaveTask",
    "Move",
    "Piece",
    "PieceKind",
    "Proposal",
    "RunUnit",
    "settle_enclaves",
]
