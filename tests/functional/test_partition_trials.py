"""The partition solver on public census graphs: as good as the best plans known."""

import csv
import json

import pytest

from gezhi.solvers.partition import Edge, PartitionTask, Unit, solve_partition


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["NM_county", "OK_county"])
def test_a_census_graph_is_cut_as_well_as_is_known(shared_data, name):
    folder = shared_data / "instances" / "district_graphs"
    with (folder / "best_known_cut_edges.csv").open() as table:
        [row] = [row for row in csv.DictReader(table) if f"{row['state']}_{row['level']}" == name]
    graph = json.loads((folder / f"{name}.json").read_text())
    ids = graph["geoid"]
    task = PartitionTask(
        [Unit(i, people, x, y) for i, people, (x, y) in zip(ids, graph["pop"], graph["xy"], strict=True)],
        [Edge(ids[a], ids[b]) for a, b, *_ in graph["edges"]],
        (int(row["L"]), int(row["U"])),
        int(row["k"]),
        "cut_edges",
    )
    result = solve_partition(task)
    best = int(row["best_cut_edges"])
    assert result.figures["in_band"] == result.figures["grids"] == task.k
    assert best <= result.figures["cut_edges"] <= 1.05 * best
    assert result.certificate.bound <= best
