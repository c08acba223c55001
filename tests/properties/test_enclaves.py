"""Planted enclaves are found, none is invented, and what is proposed keeps every rule."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import Status
from gezhi.solvers.enclaves import Border, EnclaveTask, PieceKind, RunUnit, settle_enclaves
from gezhi.solvers.enclaves.find import bodies
from gezhi.solvers.enclaves.task import read_land
from tests.factories.tasks import solve_file

BLOCK, BLOCKS = 4, 3
SIDE = BLOCK * BLOCKS


def city(planted, households=25):
    """A lattice of units, each 4 × 4 block run by one area; ``planted``: {(row, column): area that runs it}."""
    units, edges = [], []
    for row in range(SIDE):
        for column in range(SIDE):
            area = planted.get((row, column), f"A{row // BLOCK}{column // BLOCK}")
            outer = 50.0 * sum(at in {0, SIDE - 1} for at in (row, column))
            units.append(RunUnit(f"{row:02}.{column:02}", households, area, outer))
            if row:
                edges.append(Border(f"{row - 1:02}.{column:02}", f"{row:02}.{column:02}", 50.0))
            if column:
                edges.append(Border(f"{row:02}.{column - 1:02}", f"{row:02}.{column:02}", 50.0))
    return EnclaveTask(units, edges, (300, 500))


def plant(seed, count):
    """Up to ``count`` units in the middle of blocks, run by other areas, no two of them in one block."""
    rng = np.random.default_rng(seed)
    blocks = rng.permutation(BLOCKS * BLOCKS)[:count]
    planted = {}
    for block in blocks.tolist():
        host = (block // BLOCKS, block % BLOCKS)
        other = int(rng.choice([b for b in range(BLOCKS * BLOCKS) if b != block]))
        place = (host[0] * BLOCK + int(rng.integers(1, 3)), host[1] * BLOCK + int(rng.integers(1, 3)))
        planted[place] = f"A{other // BLOCKS}{other % BLOCKS}"
    return planted


@pytest.mark.parametrize("seed", range(100))
def test_planted_ones_are_found_and_none_is_invented(seed):
    planted = plant(seed, 1 + seed % 4)
    result = settle_enclaves(city(planted))
    found = {result.ids[unit] for piece in result.pieces for unit in piece.units}
    assert found == {f"{row:02}.{column:02}" for row, column in planted}
    assert {piece.kind for piece in result.pieces} == {PieceKind.ENCLAVE}
    assert all(piece.share == 1.0 for piece in result.pieces)
    assert result.status is Status.FEASIBLE
    assert all(len(proposal.moves) == 1 for proposal in result.proposals)
    assert result.figures["pieces_left"] == 0


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000))
def test_proposals_can_be_carried_out_one_after_another(seed):
    rng = np.random.default_rng(seed)
    task = city(plant(seed, 4))
    units = [RunUnit(unit.id, int(rng.integers(14, 34)), unit.run_by, unit.outer_m) for unit in task.units]
    task = EnclaveTask(units, task.edges, (330, 440))
    land = read_land(task)
    result = settle_enclaves(task)
    owner = list(land.run_by)

    def load(area):
        return sum(h for h, a in zip(land.households, owner, strict=True) if a == area)

    def parts():
        return sum(len(bodies({u for u, a in enumerate(owner) if a == area}, land)) for area in set(owner))

    def outside(total):
        return max(330 - total, total - 440, 0)

    for proposal in result.proposals:
        assert len(proposal.moves) <= 3
        assert {area: load(area) for area in proposal.before} == proposal.before
        many = parts()
        for move in proposal.moves:
            for unit in move.units:
                assert owner[unit] == move.giver
                owner[unit] = move.taker
        assert parts() < many
        assert {area: load(area) for area in proposal.after} == proposal.after
        assert all(outside(proposal.after[area]) <= outside(proposal.before[area]) for area in proposal.after)
    assert len(result.proposals) + len(result.unsettled) <= len(result.pieces)
    assert settle_enclaves(EnclaveTask(units[::-1], task.edges[::-1], (330, 440))).proposals == result.proposals


def row_of(*units):
    """Units in a row, 100 m of common border; each (id, households, area)."""
    return (
        [RunUnit(name, households, area) for name, households, area in units],
        [Border(units[n][0], units[n + 1][0], 100.0) for n in range(len(units) - 1)],
    )


def test_a_full_neighbour_hands_a_border_unit_on():
    units, edges = row_of(
        ("a1", 200, "A"), ("a2", 200, "A"), ("b1", 90, "B"), ("b2", 350, "B"), ("x", 80, "A"), ("c1", 400, "C")
    )
    result = settle_enclaves(EnclaveTask(units, edges, (300, 500)))
    [proposal] = result.proposals
    moves = [([result.ids[unit] for unit in move.units], move.giver, move.taker) for move in proposal.moves]
    assert moves == [(["x"], "A", "C")]
    full = [RunUnit(u.id, 450 if u.id == "c1" else u.households, u.run_by) for u in units]
    [proposal] = settle_enclaves(EnclaveTask(full, edges, (300, 500))).proposals
    moves = [([result.ids[unit] for unit in move.units], move.giver, move.taker) for move in proposal.moves]
    assert moves == [(["x"], "A", "B"), (["b1"], "B", "A")]


def test_what_cannot_be_settled_says_why():
    units, edges = row_of(("a", 400, "A"), ("b", 480, "B"), ("x", 90, "A"))
    result = settle_enclaves(EnclaveTask(units, edges, (300, 500)))
    assert result.status is Status.IMPOSSIBLE
    assert "'B' would hold 570" in result.unsettled[0][1]


def test_a_corner_and_a_barrier_connect_nothing():
    units = [RunUnit("a", 400, "A"), RunUnit("b", 300, "B"), RunUnit("x", 50, "A")]
    edges = [Border("a", "b", 100.0), Border("x", "b", 90.0), Border("a", "x", 0.5)]
    assert len(settle_enclaves(EnclaveTask(units, edges)).pieces) == 1
    wall = [edges[0], edges[1], Border("a", "x", 50.0, barrier=True)]
    [piece] = settle_enclaves(EnclaveTask(units, wall)).pieces
    assert (piece.inside, piece.kind) == ("B", PieceKind.ENCLAVE)
    assert piece.share == pytest.approx(90 / 140)
    assert settle_enclaves(EnclaveTask(units, [*edges[:2], Border("a", "x", 50.0)])).status is Status.OPTIMAL


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"units": []}, "units"),
        ({"units": [RunUnit("a", -1, "A")]}, "units[0].households"),
        ({"units": [RunUnit("a", 1, "A"), RunUnit("a", 1, "A")]}, "units[1].id"),
        ({"units": [RunUnit("a", 1, "")]}, "units[0].run_by"),
        ({"units": [RunUnit("a", 1, "A", float("nan"))]}, "units[0].outer_m"),
        ({"edges": [Border("a", "ghost", 1.0)]}, "edges[0].b"),
        ({"edges": [Border("a", "a", -1.0)]}, "edges[0].border_m"),
        ({"band": (5, 1)}, "band"),
        ({"least_share": 0.0}, "least_share"),
        ({"touch_m": float("inf")}, "touch_m"),
    ],
)
def test_bad_input_names_the_field(change, field):
    with pytest.raises(InvalidInput) as caught:
        settle_enclaves(EnclaveTask(**({"units": [RunUnit("a", 1, "A")], "edges": []} | change)))
    assert caught.value.field == field


def test_the_command(tmp_path):
    task = city({(1, 1): "A22"})
    asked = {
        "units": [
            {"id": u.id, "households": u.households, "run_by": u.run_by, "outer_m": u.outer_m} for u in task.units
        ],
        "edges": [{"a": e.a, "b": e.b, "border_m": e.border_m} for e in task.edges],
        "band": [300, 500],
    }
    done, out = solve_file(tmp_path, "enclaves", asked)
    assert done.exit_code == 0, done.output
    answer = json.loads(out.read_text())
    assert answer["enclaves"] == [
        {"units": ["01.01"], "run_by": "A22", "inside": "A00", "border_share": 1.0, "kind": "enclave"}
    ]
    assert answer["proposals"][0]["moves"] == [{"units": ["01.01"], "from": "A22", "to": "A00"}]
    done, _ = solve_file(tmp_path, "enclaves", {"units": [{"id": "a", "households": 1}], "edges": []})
    assert done.exit_code == 2
    assert "run_by" in done.output
