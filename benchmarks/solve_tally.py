"""Owners' votes and participatory budgets: the count of a large roll, and our outcomes beside pabutools' on public elections."""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks._report import data_folder, row
from gezhi.solvers.choice import Project, build_task, decide_budget, tie_order
from gezhi.solvers.tally import (
    CIVIL_CODE_278,
    Ballot,
    Handling,
    Owner,
    Procedure,
    Roll,
    Scope,
    Unit,
    proof_file,
    rule,
    secret_of,
    tally,
    verify_tally,
)

# name → how a ballot satisfies, our rule, our completion
RULES: dict[str, tuple[str, str, str]] = {
    "greedy_cost": ("cost", "greedy", "none"),
    "greedy_card": ("count", "greedy", "none"),
    "mes_cost": ("cost", "equal_shares", "none"),
    "mes_card": ("count", "equal_shares", "none"),
    "mes_cost_add1u": ("cost", "equal_shares", "raise_then_greedy"),
    "seq_phragmen": ("count", "phragmen", "none"),
    "welfare_cost": ("cost", "greatest_welfare", "none"),
    "greedy_points": ("points", "greedy", "none"),
    "mes_points": ("points", "equal_shares", "none"),
    "mes_points_add1u": ("points", "equal_shares", "raise_then_greedy"),
}
APPROVAL_RULES = tuple(name for name in RULES if "points" not in name)
POINT_RULES = tuple(name for name in RULES if "points" in name)


def read_election(path: Path) -> tuple[int, list[Project], list[dict[str, int]], str]:
    """Budget, projects, ballots as points and the kind of vote of a Pabulib file; ordinal ballots get Borda points."""
    section, header = "", []
    meta: dict[str, str] = {}
    projects: list[Project] = []
    ballots: list[dict[str, int]] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        for row in rows:
            if not row or not row[0].strip():
                continue
            if row[0].strip().lower() in {"meta", "projects", "votes"}:
                section = row[0].strip().lower()
                header = [name.strip() for name in next(rows)]
                continue
            entry = dict(zip(header, (cell.strip() for cell in row), strict=False))
            if section == "meta":
                meta[row[0].strip()] = row[1].strip()
            elif section == "projects":
                projects.append(Project(entry["project_id"], int(entry["cost"])))
            else:
                names = [name for name in entry["vote"].split(",") if name]
                if meta["vote_type"] == "cumulative":
                    points = [int(point) for point in entry.get("points", "").split(",") if point]
                    ballots.append(dict(zip(names, points, strict=True)))
                elif meta["vote_type"] == "ordinal":
                    ballots.append({name: len(names) - place - 1 for place, name in enumerate(names)})
                else:
                    ballots.append(dict.fromkeys(names, 1))
    return int(meta["budget"]), projects, ballots, meta["vote_type"]


def ours(election: tuple[int, list[Project], list[dict[str, int]], str], name: str) -> set[str]:
    """Our outcome."""
    budget, projects, ballots, _ = election
    satisfaction, chosen_rule, completion = RULES[name]
    task = build_task(
        budget=budget,
        projects=projects,
        ballots=ballots,
        satisfaction=satisfaction,  # type: ignore[arg-type]
        rank=tie_order(project.id for project in projects),
    )
    return set(decide_budget(task, rule=chosen_rule, completion=completion).chosen)  # type: ignore[arg-type]


def load_peer() -> Any:
    """pabutools without the proprietary solver that its helper would import where installed; None where absent."""
    before = sys.modules.get("gurobipy")
    sys.modules["gurobipy"] = None  # type: ignore[assignment]
    try:
        from pabutools import election, rules
    except ImportError:
        return None
    finally:
        if before is None:
            del sys.modules["gurobipy"]
        else:
            sys.modules["gurobipy"] = before
    return election, rules


def theirs(peer: Any, path: Path, name: str) -> set[str]:
    """pabutools' outcome, ties by id as ours."""
    election, rules = peer
    instance, profile = election.parse_pabulib(str(path))
    ordinal = isinstance(profile, election.AbstractOrdinalProfile)
    points = election.Additive_Borda_Sat if ordinal else election.Additive_Cardinal_Sat
    satisfaction = {"cost": election.Cost_Sat, "count": election.Cardinality_Sat, "points": points}[RULES[name][0]]
    mes, greedy = rules.method_of_equal_shares, rules.greedy_utilitarian_welfare
    if name == "seq_phragmen":
        outcome = rules.sequential_phragmen(instance, profile)
    elif name.startswith("welfare"):
        outcome = rules.max_additive_utilitarian_welfare(instance, profile, sat_class=satisfaction)
    elif name.endswith("add1u"):

        def raised(instance: Any, profile: Any, **more: Any) -> Any:
            return rules.exhaustion_by_budget_increase(
                instance, profile, mes, rule_params={"sat_class": satisfaction}, **more
            )

        outcome = rules.completion_by_rule_combination(
            instance, profile, [raised, greedy], [{}, {"sat_class": satisfaction}]
        )
    else:
        outcome = (greedy if name.startswith("greedy") else mes)(instance, profile, sat_class=satisfaction)
    return {project.name for project in outcome}


def names_for(kind: str) -> Sequence[str]:
    """The rules that a kind of ballot can be counted by."""
    return APPROVAL_RULES if kind == "approval" else POINT_RULES


def compare(peer: Any, path: Path, seconds: dict[str, list[float]]) -> dict[str, tuple[set[str], set[str]]]:
    """Both outcomes of each rule on one election; CPU seconds are added to ``seconds`` as [ours, theirs]."""
    election = read_election(path)
    found = {}
    for name in names_for(election[3]):
        spent = seconds.setdefault(name, [0.0, 0.0])
        start = time.process_time()
        mine = ours(election, name)
        middle = time.process_time()
        other = theirs(peer, path, name)
        spent[0] += middle - start
        spent[1] += time.process_time() - middle
        found[name] = (mine, other)
    return found


def same(path: Path, name: str, mine: set[str], other: set[str]) -> bool:
    """Equal sets; of a greatest welfare, which may be reached by several sets, equal welfare."""
    if mine == other or not name.startswith("welfare"):
        return mine == other
    budget, projects, ballots, _ = read_election(path)
    costs = {project.id: project.cost for project in projects}

    def welfare(chosen: set[str]) -> int:
        return sum(costs[project] for ballot in ballots for project in ballot if project in chosen)

    return welfare(mine) == welfare(other) and sum(costs[project] for project in mine) <= budget


def run() -> None:
    """Print the table."""
    row("figure", "value", "aim", None, "CPU s ours / peer")
    _large_roll()
    folder, peer = data_folder("instances", "pb"), load_peer()
    if folder is None or peer is None:
        print(
            "participatory budgets skipped:", "no instances folder" if folder is None else "pabutools is not installed"
        )
        return
    paths = sorted(folder.glob("*.pb"))
    seconds: dict[str, list[float]] = {}
    tries: dict[str, int] = {}
    wrong: dict[str, list[str]] = {}
    for path in paths:
        for name, (mine, other) in compare(peer, path, seconds).items():
            tries[name] = tries.get(name, 0) + 1
            if not same(path, name, mine, other):
                wrong.setdefault(name, []).append(path.stem)
    for name, number in tries.items():
        agreed = number - len(wrong.get(name, []))
        cpu = "{:.2f} / {:.2f}".format(*seconds[name])
        row(f"budget {name}: equal to pabutools", f"{agreed} of {number}", "all", agreed == number, cpu)
    for name, files in wrong.items():
        print(f"  differs: {name}: {', '.join(files)}")


def _large_roll(units: int = 200_000) -> None:
    roll = Roll(
        tuple(Unit(str(n), 9_000 + n % 977, (Owner(str(n - n % 2 if n % 20 < 2 else n)),)) for n in range(units))
    )
    owners = sorted({owner.id for unit in roll.units for owner in unit.owners}, key=int)
    choices: Mapping[int, Any] = {0: "no", 1: "abstain"}
    ballots = [
        Ballot(owner, owner, choices.get(int(owner) % 10, "yes"), "online", 1) for owner in owners if int(owner) % 7 < 5
    ]
    law, handling, procedure, scope = rule(CIVIL_CODE_278), Handling(close_at=2), Procedure(), Scope()
    start = time.process_time()
    result = tally(
        rule=law,
        item=6,
        roll=roll,
        scope=scope,
        ballots=ballots,
        proxies=[],
        handling=handling,
        procedure=procedure,
    )
    counted = time.process_time()
    proof = proof_file(
        rule=law,
        item=6,
        matter=None,
        scope=scope,
        ballots=ballots,
        proxies=[],
        handling=handling,
        procedure=procedure,
        result=result,
        secret=secret_of("00" * 32),
    )
    written = time.process_time()
    verify_tally.verify(proof)
    verified = time.process_time()
    row(f"count of {units} units", result.outcome.value, "", None, f"{counted - start:.2f}")
    row(f"proof with {len(ballots)} commitments", f"{len(proof) / 1e6:.1f} MB", "", None, f"{written - counted:.2f}")
    row("its verification", "verified", "", None, f"{verified - written:.2f}")
