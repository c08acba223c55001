"""``gezhi solve enclaves``: land run by one area inside another, and who should take it over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gezhi.interfaces.cli.solver_files import bad_input_refused, finish, out_option, read_task, task_argument, within
from gezhi.solvers.enclaves import EnclaveResult, EnclaveTask, settle_enclaves


def _answer(result: EnclaveResult) -> dict[str, Any]:
    """The result with names instead of positions."""

    def words(units: tuple[int, ...]) -> list[str]:
        return [result.ids[unit] for unit in units]

    def piece(found: Any) -> dict[str, Any]:
        return {
            "units": words(found.units),
            "run_by": found.run_by,
            "inside": found.inside,
            "border_share": round(found.share, 6),
            "kind": found.kind,
        }

    return {
        "status": result.status,
        "enclaves": [piece(found) for found in result.pieces],
        "proposals": [
            {
                "settles": words(proposal.piece.units),
                "moves": [
                    {"units": words(move.units), "from": move.giver, "to": move.taker} for move in proposal.moves
                ],
                "households_before": proposal.before,
                "households_after": proposal.after,
            }
            for proposal in result.proposals
        ],
        "unsettled": [{"units": words(found.units), "reason": reason} for found, reason in result.unsettled],
        "figures": result.figures,
        "certificate": result.certificate,
    }


@click.command()
@task_argument
@out_option
@click.option(
    "--seconds", type=click.FloatRange(min=0), help="Wall seconds after which no further chain is looked for."
)
def command(task: Path, out: Path, seconds: float | None) -> None:
    """Find land that one area runs inside another, and propose hand-overs. Nothing is carried out.

    \b
    IN is JSON:
      units        list of
        id          text or number, unique
        households  whole number ≥ 0
        run_by      the area that runs the unit
        outer_m     metres of its border that touch no other unit (0 if left out)
      edges        list of
        a, b        ids of two units side by side
        border_m    metres of common border
        barrier     true: no way across; such a border counts as perimeter and connects nothing
      band         [L, U] households of an area, or null
      least_share  share of its perimeter, 0 to 1, with one other area that makes a piece an enclave (0.6)
      touch_m      metres of border below which two units are not connected (1)

    \b
    OUT is JSON:
      status       optimal: nothing to hand over; feasible: all can be settled; partial: some;
                   impossible: none, with chains of three moves; none_found: no time
      enclaves     [{units, run_by, inside, border_share (0–1), kind: enclave or detached}]
      proposals    [{settles, moves [{units, from, to}], households_before, households_after {area: households}}],
                   to be carried out in this order
      unsettled    [{units, reason}]
      figures      units, areas, enclaves, detached, proposals, moves, households_moved, pieces_left
      certificate  claim, value (moves), bound, reasons
    """
    with bad_input_refused():
        result = settle_enclaves(read_task(task, EnclaveTask), should_stop=within(seconds))
    finish(out, _answer(result), result.status, result.certificate.claim)
