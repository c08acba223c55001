"""The levels of a partition's objective, counted from its assignment and the words of the docs alone."""

from __future__ import annotations

from collections import defaultdict

from gezhi.solvers.certificate import Status
from gezhi.solvers.partition import PartitionResult, PartitionTask

# Values are told with four digits.
_NEAR = 1e-4


def uneven(task: PartitionTask, assignment: dict[str, str]) -> float:
    """Workload of grids more than 15 % from the mean of their community, in such means."""
    work: dict[str | int | None, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for unit in task.units:
        work[unit.community][assignment[str(unit.id)]] += unit.households if unit.workload is None else unit.workload
    total = 0.0
    for grids in work.values():
        mean = sum(grids.values()) / len(grids)
        if mean:
            total += sum(max(0.0, abs(duty / mean - 1.0) - 0.15) for duty in grids.values())
    return total


def across(task: PartitionTask, assignment: dict[str, str]) -> int:
    """Pairs across a barrier in one grid that no group asks for."""
    by_id = {str(unit.id): unit for unit in task.units}
    found = set()
    for edge in task.edges:
        a, b = sorted((str(edge.a), str(edge.b)))
        one_group = by_id[a].group is not None and by_id[a].group == by_id[b].group
        if a != b and edge.barrier and not one_group and assignment[a] == assignment[b]:
            found.add((a, b))
    return len(found)


def moved(task: PartitionTask, assignment: dict[str, str]) -> float:
    """Households of units that are in a grid of another name than today."""
    return sum(
        unit.households
        for unit in task.units
        if unit.today not in {None, ""} and assignment[str(unit.id)] != str(unit.today)
    )


def estimated_m(task: PartitionTask, assignment: dict[str, str]) -> float | None:
    """Metres of border between grids that the task does not give; None where it gives all or none."""
    given: dict[tuple[str, str], float | None] = {}
    for edge in task.edges:
        pair = min(str(edge.a), str(edge.b)), max(str(edge.a), str(edge.b))
        if pair[0] != pair[1]:
            lengths = [metres for metres in (given.get(pair), edge.border_m) if metres is not None]
            given[pair] = max(lengths, default=None)
    known = [metres for metres in given.values() if metres is not None]
    if not known or not max(known) or len(known) == len(given):
        return None
    cut = sum(metres is None and assignment[a] != assignment[b] for (a, b), metres in given.items())
    return cut * sum(known) / len(known)


def level_faults(task: PartitionTask, answer: PartitionResult, least_uneven: float | None) -> list[str]:
    """What is not so of the levels of a plan that keeps the hard rules; ``least_uneven``: of every plan with as many grids,
    None where workload does not count."""
    assignment, faults = answer.assignment, []
    levels = {level["level"].split(" ")[0]: level for level in answer.certificate.details["levels"]}
    counted = {"neighbours": float(across(task, assignment)), "households": float(moved(task, assignment))}
    # No plan has less than nothing, and of these no more is claimed.
    least = dict.fromkeys(counted, 0.0)
    if least_uneven is not None:
        counted["workload"], least["workload"] = uneven(task, assignment), least_uneven
    elif "workload" in levels:
        faults.append("workload is a level, and does not count")
    for name, true in counted.items():
        if name not in levels:
            continue
        level = levels[name]
        if abs(level["value"] - true) > _NEAR:
            faults.append(f"{level['level']}: {level['value']}, yet it is {true}")
        if level["bound"] > least[name] + _NEAR:
            faults.append(f"{level['level']}: bound {level['bound']}, yet no more than {least[name]} is known")
        if level["proven"] and true > least[name] + _NEAR:
            faults.append(f"{level['level']}: {true} is called the least, yet {least[name]} is not ruled out")
    if (
        answer.status is Status.OPTIMAL
        and task.objective == "grid"
        and not all(one["proven"] for one in levels.values())
    ):
        faults.append(f"optimal, yet not every level is proven: {levels}")
    return faults + _estimate_faults(task, answer)


def _estimate_faults(task: PartitionTask, answer: PartitionResult) -> list[str]:
    guessed, faults = estimated_m(task, answer.assignment), []
    if answer.figures.get("cut_border_estimated_m") is None:
        if guessed is not None:
            faults.append(f"{guessed} m of border are not given, and nobody is told")
    elif guessed is None or abs(answer.figures["cut_border_estimated_m"] - guessed) > 1e-3 * max(1.0, guessed):
        faults.append(f"{answer.figures['cut_border_estimated_m']} m are told to be estimated, yet it is {guessed}")
    elif "no length" not in answer.certificate.claim:
        faults.append("the claim does not say that borders are estimated")
    return faults
