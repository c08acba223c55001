"""Mixed-integer programs by HiGHS: rows gathered in pieces, a plan as start, stopped by nodes or by the caller.

One thread and a limit of nodes, not of time, so that the answer does not depend on the machine. What HiGHS returns is
only believed after it has been computed again from the whole numbers; its bound is taken with a margin for its tolerances.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray

from gezhi.solvers.certificate import ShouldStop

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_MARGIN = 1e-7


@dataclass
class Program:
    """min cost · x + constant, x in [0, upper], whole where ``whole`` says so, under the rows added."""

    cost: Floats
    upper: Floats
    whole: Bools
    constant: float = 0.0
    _pieces: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    _least: list[Floats] = field(default_factory=list)
    _most: list[Floats] = field(default_factory=list)
    _rows: int = 0

    def add(
        self, rows: int, row: ArrayLike, column: ArrayLike, value: ArrayLike, least: ArrayLike, most: ArrayLike
    ) -> None:
        """``rows`` rows with the entries (row, column, value), row counted from 0, within [least, most]."""
        place = np.asarray(row, dtype=np.int64)
        values = np.broadcast_to(np.asarray(value, dtype=np.float64), place.shape)
        self._pieces.append((place + self._rows, np.broadcast_to(np.asarray(column, np.int64), place.shape), values))
        self._least.append(np.broadcast_to(np.asarray(least, dtype=np.float64), (rows,)))
        self._most.append(np.broadcast_to(np.asarray(most, dtype=np.float64), (rows,)))
        self._rows += rows

    def solve(self, *, start: Floats | None, nodes: int, stop: ShouldStop) -> Outcome:
        """Solve it; ``start`` is a feasible x, or None."""
        solver = self._loaded(stop, mip_max_nodes=nodes, mip_rel_gap=0.0, mip_abs_gap=1e-9)
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = start.tolist()
            solver.setSolution(solution)
        solver.run()
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return Outcome(None, np.inf, False)
        info = solver.getInfo()
        bound = float(info.mip_dual_bound) + self.constant
        if not np.isfinite(bound):
            bound = -np.inf
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        x = np.array(solver.getSolution().col_value) if found else None
        return Outcome(x, bound - _MARGIN * (1.0 + abs(bound)), status == highspy.HighsModelStatus.kOptimal)

    def relaxed(self, *, stop: ShouldStop) -> Relaxed | None:
        """Solve it without whole numbers by the interior point method; None where it did not end."""
        relaxed = Program(self.cost, self.upper, np.zeros_like(self.whole), self.constant)
        relaxed._pieces, relaxed._least, relaxed._most, relaxed._rows = (
            self._pieces,
            self._least,
            self._most,
            self._rows,
        )
        solver = relaxed._loaded(stop, solver="ipm", run_crossover="off")
        solver.run()
        solution = solver.getSolution()
        if not solution.dual_valid:
            return None
        return Relaxed(np.array(solution.col_value), np.array(solution.row_dual))

    def _loaded(self, stop: ShouldStop, **options: Any) -> Any:
        """HiGHS with the model, asking ``stop`` now and then."""
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, setting in {"output_flag": False, "threads": 1, **options}.items():
            solver.setOptionValue(option, setting)
        solver.passModel(self._model())

        def look(event: Any) -> None:
            event.interrupt(stop())

        for moment in (solver.cbMipInterrupt, solver.cbSimplexInterrupt, solver.cbIpmInterrupt):
            moment.subscribe(look)
        return solver

    def _model(self) -> Any:
        row, column, value = (np.concatenate(part) for part in zip(*self._pieces, strict=True))
        order = np.argsort(row, kind="stable")
        model: Any = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.cost), self._rows
        model.col_cost_, model.col_lower_, model.col_upper_ = self.cost, np.zeros(len(self.cost)), self.upper
        model.row_lower_, model.row_upper_ = np.concatenate(self._least), np.concatenate(self._most)
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.num_col_, matrix.num_row_ = len(self.cost), self._rows
        starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=self._rows))])
        matrix.start_, matrix.index_, matrix.value_ = (
            starts.astype(np.int32),
            column[order].astype(np.int32),
            value[order],
        )
        model.a_matrix_ = matrix
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[bool(whole)] for whole in self.whole]
        return model


@dataclass(frozen=True, slots=True)
class Outcome:
    """``x``: the best point found (None: none). ``bound``: no point costs less; infinite where there is none at all.
    ``closed``: HiGHS says that x is the best one."""

    x: Floats | None
    bound: float
    closed: bool


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The best point without whole numbers, and the dual values of the rows, as exact as an interior point method is."""

    x: Floats
    duals: Floats
