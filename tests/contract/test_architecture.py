"""A context has three doors, queries, use_cases and events, and its rules travel through them; its models stay in.

`make lint` proves the layers (import-linter, pyproject.toml). What needs "every context" in it is proved here.
"""

import grimp
import pytest

DOORS = {"queries", "use_cases", "events", "domain", "rules"}


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("gezhi", exclude_type_checking_imports=True)


@pytest.fixture(scope="module")
def contexts(graph):
    return sorted(graph.find_children("gezhi.contexts"))


def test_the_contexts_are_found(contexts):
    assert {"gezhi.contexts.areas", "gezhi.contexts.cases"} <= set(contexts)


def test_others_come_in_through_the_doors(graph, contexts):
    breaches = []
    for context in contexts:
        for module in sorted({context, *graph.find_descendants(context)}):
            door = module.removeprefix(context).strip(".").split(".")[0]
            if door in DOORS:
                continue
            breaches += [
                f"{importer} imports {module}"
                for importer in sorted(graph.find_modules_that_directly_import(module))
                if not (importer + ".").startswith(context + ".")
            ]
    assert breaches == []


def test_every_context_has_a_place_in_the_order(contexts):
    from pathlib import Path

    declared = (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text("utf-8")
    order = declared.split('containers = ["gezhi.contexts"]')[1].split("]")[0]
    assert [context for context in contexts if context.rpartition(".")[2] not in order] == []
