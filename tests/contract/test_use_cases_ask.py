"""Every use case asks whether its actor may: read from the code, so that a new one cannot forget it."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "gezhi"
# What asks: the policies, the frame of steps, and the door to one case that an actor may see.
ASKS = {"require", "require_in", "take_step", "decide_see", "decide_step", "find"}
# What changes something: a function without an actor must do none of it.
WRITES = {
    "save",
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "update",
    "delete",
    "insert_row",
    "insert_rows",
    "insert_instance",
    "record",
    "append",
    "seal_new",
}
# Doors that do not lie in a folder of use cases.
MORE = ("platform/access/tokens.py",)


def called(function):
    """Names of what a function calls, nested functions included."""
    names = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            target = node.func
            names.add(target.id if isinstance(target, ast.Name) else getattr(target, "attr", ""))
    return names


def parameters(function):
    return {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}


def reached_in(functions):
    """Names of what the functions of a module call, themselves or through each other."""
    reached = {name: called(node) for name, node in functions.items()}
    changed = True
    while changed:
        changed = False
        for name, names in reached.items():
            more = set().union(*(reached[other] for other in names & reached.keys())) - names if names else set()
            if more:
                reached[name] = names | more
                changed = True
    return reached


def functions_of(tree):
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def is_verb(node):
    """Whether the frame of steps calls it, and asks first."""
    return any(isinstance(one, ast.Call) and getattr(one.func, "id", "") == "step" for one in node.decorator_list)


def silent_in(tree, asking):
    """Public functions of a module that act and ask nobody. ``asking``: use cases elsewhere that are known to ask."""
    functions = functions_of(tree)
    reached = reached_in(functions)
    silent = []
    for name, node in functions.items():
        if name.startswith("_"):
            continue
        acts = bool(parameters(node) & {"actor", "command"})
        if acts and not reached[name] & (ASKS | asking):
            silent.append(f"{name} asks nobody")
        if not acts and "now" in parameters(node) and reached[name] & WRITES:
            silent.append(f"{name} writes for nobody")
    return silent


def modules():
    found = [*SOURCE.rglob("use_cases/*.py"), *(SOURCE / name for name in MORE)]
    assert len(found) > 30
    return {path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text("utf-8")) for path in found}


def asking_functions(trees):
    """Use cases that ask by themselves: one that calls them has asked."""
    asking = set()
    for tree in trees.values():
        functions = functions_of(tree)
        reached = reached_in(functions)
        for name, node in functions.items():
            if not name.startswith("_") and (is_verb(node) or reached[name] & ASKS):
                asking.add(name)
    return asking


def test_every_use_case_asks():
    trees = modules()
    asking = asking_functions(trees)
    silent = {name: found for name, tree in trees.items() if (found := silent_in(tree, asking))}
    assert silent == {}


def test_one_that_asks_nobody_is_found():
    offender = ast.parse(
        "def rename_area(*, actor, area_id, name, now):\n"
        "    Area.objects.filter(pk=area_id).update(name=name)\n"
        "    record(actor=actor, action='x', now=now)\n"
    )
    assert silent_in(offender, set()) == ["rename_area asks nobody"]
    hidden = ast.parse(
        "def rename_area(*, area_id, name, now):\n    _do(area_id)\n\ndef _do(key):\n    Area.objects.update()\n"
    )
    assert silent_in(hidden, set()) == ["rename_area writes for nobody"]
    fine = ast.parse(
        "def rename_area(*, actor, now):\n    _check(actor)\n\ndef _check(actor):\n    require_in(actor, 'x')\n"
    )
    assert silent_in(fine, set()) == []
