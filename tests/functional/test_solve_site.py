"""``gezhi solve site`` on files: answers, exit codes, and bad input without a traceback."""

import json

import pytest

from tests.factories.tasks import changed, solve_file


@pytest.fixture
def solve(tmp_path):
    def run(task, *options):
        (tmp_path / "out.json").unlink(missing_ok=True)
        done, out = solve_file(tmp_path, "site", task, *options)
        return done.exit_code, json.loads(out.read_text("utf-8")) if out.exists() else None, done.output

    return run


def line(**changes):
    """Six demands 100 m apart, a site at each, and weights that pull to the right."""
    task = {
        "demand": [{"id": f"d{n}", "x": 100 * n, "y": 0, "weight": n + 1} for n in range(6)],
        "sites": [{"id": f"s{n}", "x": 100 * n, "y": 0} for n in range(6)],
        "metric": "euclidean", "model": "p_median", "p": 2,
    }  # fmt: skip
    task.update(changes)
    return {name: value for name, value in task.items() if value is not None}


def roads():
    return [[f"d{n}", f"s{n}", 0] for n in range(6)] + [[f"s{n}", f"s{n + 1}", 100] for n in range(5)]


def test_a_plan_with_its_proof(solve):
    code, answer, output = solve(line())
    assert code == 0
    assert answer["status"] == "optimal"
    # At s2 those of d0 … d3 walk 200·1 + 100·2 + 100·4, at s5 those of d4 and d5 walk 100·5.
    assert answer["open"] == ["s2", "s5"]
    assert answer["value"] == answer["bound"] == 1300
    assert answer["gap"] == 0
    assert answer["assigned"] == {**{f"d{n}": "s2" for n in range(4)}, "d4": "s5", "d5": "s5"}
    figures = answer["figures"]
    assert figures["mean_m"] == pytest.approx(1300 / 21)
    # The worst tenth is 2.1 people: one at 200 m, the others at 100 m.
    assert figures["worst_tenth_m"] == pytest.approx((200 + 1.1 * 100) / 2.1)
    assert (figures["p95_m"], figures["farthest_m"]) == (100, 200)
    assert figures["loads"] == {"s2": 10, "s5": 11}
    # Without s2 its four walk to s5: 500·1 + 400·2 + 300·3 + 200·4 less the 800 that they walk now.
    assert answer["closing_costs"] == {"s2": 2200, "s5": 5 * 100 + 6 * 300}
    assert answer["certificate"]["claim"] in output


@pytest.mark.parametrize("ways", ["graph", "matrix", "pairs"])
def test_every_way_to_give_distances_gives_the_same_plan(solve, ways):
    table = [[100 * abs(a - b) for b in range(6)] for a in range(6)]
    given = {
        "graph": {"metric": "graph", "graph": [*roads(), ["s0", "s1", 7], ["s1", "s0", 100]]},
        "matrix": {"metric": "matrix", "matrix": table},
        "pairs": {
            "metric": "matrix",
            "pairs": [[f"d{a}", f"s{b}", table[a][b]] for a in range(6) for b in range(6) if table[a][b] < 400],
        },
    }[ways]
    task = line(**given)
    for row in task["demand"] + task["sites"]:
        del row["x"], row["y"]
    code, answer, _ = solve(task)
    assert (code, answer["open"], answer["value"]) == (0, ["s2", "s5"], 1300)


def test_degrees_on_the_globe(solve):
    task = line(metric="haversine", earth_radius_m=6_378_137.0, model="max_cover", radius_m=111_320.0, p=1)
    for n, row in enumerate(task["demand"]):
        row |= {"x": 0.0, "y": float(n)}
    for n, row in enumerate(task["sites"]):
        row |= {"x": 0.0, "y": float(n)}
    code, answer, _ = solve(task)
    # One degree is 111,319.5 m at this radius: a site covers itself and its neighbours.
    assert (code, answer["open"], answer["value"], answer["bound"]) == (0, ["s4"], 15, 15)
    assert answer["assigned"]["d0"] is None
    assert answer["figures"]["covered_share"] == pytest.approx(15 / 21)


def test_set_cover_and_its_limit(solve):
    code, answer, _ = solve(line(model="set_cover", p=None, radius_m=100))
    assert (code, answer["status"], answer["value"], answer["bound"]) == (0, "optimal", 2, 2)
    code, answer, _ = solve(line(model="set_cover", p=1, radius_m=100))
    assert (code, answer["status"], answer["open"]) == (3, "impossible", [])
    assert "at least 2 sites" in answer["certificate"]["reasons"][0]["message"]


def test_capacities_send_some_to_a_farther_site(solve):
    sites = [{"id": "near", "x": 0, "y": 0, "capacity": 3}, {"id": "far", "x": 1000, "y": 0, "capacity": 10}]
    demand = [{"id": "a", "x": 0, "y": 0, "weight": 3}, {"id": "b", "x": 10, "y": 0, "weight": 2}]
    code, answer, _ = solve(line(demand=demand, sites=sites))
    assert (code, answer["status"]) == (0, "optimal")
    assert answer["assigned"] == {"a": "near", "b": "far"}
    assert answer["value"] == 2 * 990


def test_equity_moves_the_site_towards_the_worst_served(solve):
    demand = [{"id": "many", "x": 0, "y": 0, "weight": 90}, {"id": "few", "x": 1000, "y": 0, "weight": 10}]
    sites = [{"id": "there", "x": 0, "y": 0}, {"id": "between", "x": 400, "y": 0}]
    task = line(demand=demand, sites=sites, p=1)
    assert solve(task)[1]["open"] == ["there"]
    code, answer, _ = solve(task | {"equity": {"weight": 0.9}})
    # 0.1 · mean + 0.9 · worst tenth: 0.1·420 + 0.9·600 against 0.1·100 + 0.9·1000.
    assert (code, answer["open"], answer["status"]) == (0, ["between"], "optimal")
    assert answer["value"] == pytest.approx(582)


def test_districts_and_fixed_sites(solve):
    task = line(p=3, minimums={"west": 2})
    for n, row in enumerate(task["sites"]):
        row |= {"district": "west" if n < 3 else "east", "fixed": n == 5}
    code, answer, _ = solve(task)
    assert code == 0
    assert "s5" in answer["open"]
    assert answer["figures"]["open_by_district"] == {"west": 2}


def test_the_order_of_the_file_changes_nothing_and_a_seed_repeats(solve):
    once = solve(line(), "--seed", 3)[1]
    task = line()
    task["demand"].reverse()
    task["sites"].reverse()
    assert solve(task, "--seed", 3)[1] == once


IMPOSSIBLE = {
    "a demand out of every radius": (line(model="set_cover", p=None, radius_m=10, sites=[line()["sites"][0]]), "d1"),
    "a demand without any way": (line(metric="graph", graph=[*roads()[1:], ["d0", "nowhere", 5]]), "demand[0] 'd0'"),
    "too few sites to reach all": (line(limit_m=100, p=1), "at least 2 sites"),
    "a district without enough sites": (
        line(sites=[{**line()["sites"][0], "district": "west"}, line()["sites"][1]], minimums={"west": 2}), "west",
    ),
    "minimums above p": (
        line(sites=[{**site, "district": site["id"]} for site in line()["sites"]], minimums={"s0": 1, "s1": 1, "s2": 1}),
        "p is 2",
    ),
    "too little room": (line(sites=[{**site, "capacity": 1} for site in line()["sites"]]), "d1"),
    "too little room in all": (line(sites=[{**site, "capacity": 7} for site in line()["sites"]]), "capacities"),
}  # fmt: skip


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_is_said_with_its_reason(solve, name):
    task, words = IMPOSSIBLE[name]
    code, answer, output = solve(task)
    assert (code, answer["status"], answer["open"]) == (3, "impossible", [])
    assert words in answer["certificate"]["reasons"][0]["message"]
    assert words in output


BAD = {
    "no JSON": ("{", "not valid JSON"),
    "empty": ("", "JSON"),
    "a list": ("[]", "object"),
    "NaN": (json.dumps(line()).replace('"weight": 1,', '"weight": NaN,').replace('"weight": 1}', '"weight": NaN}'), "NaN"),
    "huge number": (json.dumps(line()).replace('"weight": 1}', '"weight": 1e999}'), ""),
    "no demand": (line(demand=None), "demand"),
    "no sites": (line(sites=None), "sites"),
    "empty demand": (line(demand=[]), "demand"),
    "empty sites": (line(sites=[]), "sites"),
    "no weight": (changed(line(), "demand", 1, "weight", to=None), "weight"),
    "no id": (changed(line(), "demand", 1, "id", to=None), "id"),
    "no x": (changed(line(), "demand", 1, "x", to=None), "demand[1].x"),
    "no y of a site": (changed(line(), "sites", 2, "y", to=None), "sites[2].y"),
    "no metric": (line(metric=None), "metric"),
    "no model": (line(model=None), "model"),
    "no p": (line(p=None), "p"),
    "no radius": (line(model="max_cover"), "radius_m"),
    "unknown metric": (line(metric="taxi"), "metric"),
    "unknown model": (line(model="p_center"), "model"),
    "unknown field": (line(demnd=[]), "demnd"),
    "negative weight": (changed(line(), "demand", 2, "weight", to=-1), "demand[2].weight"),
    "negative capacity": (changed(line(), "sites", 2, "capacity", to=-1), "sites[2].capacity"),
    "negative radius": (line(radius_m=-1), "radius_m"),
    "weight as text": (changed(line(), "demand", 2, "weight", to="many"), "demand[2].weight"),
    "duplicate demand": (changed(line(), "demand", 2, "id", to="d1"), "demand[2].id"),
    "duplicate site": (changed(line(), "sites", 2, "id", to="s1"), "sites[2].id"),
    "text and number of one id": (changed(changed(line(), "sites", 1, "id", to=7), "sites", 4, "id", to="7"), "sites[4].id"),
    "p above the sites": (line(p=7), "p: 7"),
    "p of nothing": (line(p=0), "p: 0"),
    "half a p": (line(p=1.5), "p: 1.5"),
    "p below the fixed": (line(p=1, sites=[{**site, "fixed": True} for site in line()["sites"]]), "p: 1"),
    "no graph": (line(metric="graph"), "graph"),
    "demand off the graph": (line(metric="graph", graph=roads()[1:]), "demand[0].id"),
    "site off the graph": (line(metric="graph", graph=[["d0", "d1", 1]], demand=line()["demand"][:2]), "sites[0].id"),
    "negative road": (line(metric="graph", graph=[*roads(), ["d0", "d1", -1]]), "graph[11][2]"),
    "half a road": (line(metric="graph", graph=[["d0", "d1"]]), "graph[0]"),
    "no matrix": (line(metric="matrix"), "matrix"),
    "too few rows": (line(metric="matrix", matrix=[[1] * 6]), "matrix"),
    "a short row": (line(metric="matrix", matrix=[[1] * 6] * 5 + [[1] * 5]), "matrix[5]"),
    "negative metres": (line(metric="matrix", matrix=[[1] * 6] * 5 + [[-1] * 6]), "matrix[5][0]"),
    "unknown demand in a pair": (line(metric="matrix", pairs=[["d9", "s1", 5]]), "pairs[0][0]"),
    "unknown site in a pair": (line(metric="matrix", pairs=[["d1", "s9", 5]]), "pairs[0][1]"),
    "latitude beyond the pole": (line(metric="haversine"), "demand[2].x"),
    "no earth": (line(metric="haversine", earth_radius_m=0), "earth_radius_m"),
    "unknown district": (line(minimums={"north": 1}), "minimums.north"),
    "equity of a covering": (line(model="max_cover", radius_m=1, equity={"weight": 0.5}), "equity"),
    "equity above one": (line(equity={"weight": 2}), "equity.weight"),
    "no share": (line(equity={"weight": 0.5, "share": 0}), "equity.share"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_names_its_field(solve, name):
    given, field = BAD[name]
    code, answer, output = solve(given)
    assert (code, answer) == (2, None), output
    assert field in output


def test_a_task_too_large_is_refused_with_a_way_out(solve):
    demand = ",".join(f'{{"id":{n},"x":{n % 1000},"y":{n // 1000},"weight":1}}' for n in range(1_000_000))
    sites = ",".join(f'{{"id":{n},"x":{100 * n},"y":500}}' for n in range(40))
    task = f'{{"demand":[{demand}],"sites":[{sites}],"metric":"euclidean","model":"p_median","p":2}}'
    code, _, output = solve(task)
    assert code == 2
    assert "limit_m" in output


def test_no_time_is_an_honest_answer(solve):
    code, answer, _ = solve(line(), "--seconds", "0")
    assert code == 0
    assert answer["bound"] is None or answer["bound"] <= answer["value"]
