"""Write what the docs take from the code: the picture of the house and the tables of steps.

Both are committed; a test compares them with the code. The picture shows what imports what, not how often, so that it
changes only when the structure does.
"""

from __future__ import annotations

import os
import runpy
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import grimp

from gezhi.kernel.steps import Step

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"

LAYERS = ("config", "interfaces", "demo", "planning", "contexts", "platform", "solvers", "kernel")
WORDS = {
    "config": "settings, address space, log",
    "interfaces": "the edges: pages, API, live edge, command line",
    "demo": "the demo city, and replays of real requests",
    "planning": "from the city to the solvers' tasks, and from their answers back",
    "contexts": "what a city does: one package a subject, doors: queries, use_cases, events",
    "platform": "what any such program needs, without a word of the subject",
    "solvers": "pure functions on arrays",
    "kernel": "pure Python: time, place, ids, errors",
}
WIDTH, BAND, GAP, LEFT, BOX, EDGE = 1080, 92, 26, 250, 30, 110
# From the ground up, as they may import each other.
CONTEXTS = ("areas", "organisations", "workforce", "stations", "powers", "cases")
STYLE = """text{font:13px system-ui,'Noto Sans SC',sans-serif;fill:#1f2933}.t{font-weight:600;font-size:15px}
.w{font-size:11px;fill:#52606d}.l{fill:#f5f7fa;stroke:#cbd2d9}.b{fill:#fff;stroke:#7b8794}
.a{stroke:#2f6f9f;stroke-width:1.4;fill:none;marker-end:url(#h)}"""


@dataclass(frozen=True)
class House:
    """The parts of each layer, and which layer and which context imports which."""

    parts: dict[str, list[str]]
    layer_arrows: list[tuple[str, str]]
    context_arrows: list[tuple[str, str]]


def read_house() -> House:
    """The import graph, reduced to layers, their parts and contexts."""
    graph = grimp.build_graph("gezhi", exclude_type_checking_imports=True)
    parts = {
        layer: sorted(
            (child.rpartition(".")[2] for child in graph.find_children(f"gezhi.{layer}")),
            key=lambda name: (CONTEXTS.index(name) if name in CONTEXTS else len(CONTEXTS), name),
        )
        for layer in LAYERS
        if f"gezhi.{layer}" in graph.modules
    }
    # Single files are rooms of these layers, not parts of the house.
    for layer in ("config", "interfaces", "demo", "platform"):
        parts[layer] = [name for name in parts[layer] if graph.find_children(f"gezhi.{layer}.{name}")]
    layer_arrows, context_arrows = set(), set()
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            a, b = importer.split("."), imported.split(".")
            if len(a) < 2 or len(b) < 2:
                continue
            if a[1] != b[1]:
                layer_arrows.add((a[1], b[1]))
            elif a[1] == "contexts" and len(a) > 2 and len(b) > 2 and a[2] != b[2]:
                context_arrows.add((a[2], b[2]))
    return House(parts, sorted(layer_arrows), sorted(context_arrows))


def architecture_svg() -> str:
    """The picture: a band for each layer, its parts as boxes, arrows from importer to imported."""
    house = read_house()
    layers = [layer for layer in LAYERS if layer in house.parts]
    top = {layer: 20 + index * (BAND + GAP) for index, layer in enumerate(layers)}
    out: list[str] = []
    contexts: dict[str, tuple[float, float, float]] = {}
    for layer in layers:
        y = top[layer]
        out.append(f'<rect class="l" x="{EDGE}" y="{y}" width="{WIDTH - EDGE - 10}" height="{BAND}" rx="6"/>')
        out.append(f'<text class="t" x="{EDGE + 14}" y="{y + 26}">{layer}</text>')
        out.append(f'<text class="w" x="{LEFT}" y="{y + 22}">{escape(WORDS[layer])}</text>')
        names = house.parts[layer]
        step = (WIDTH - LEFT - 30) / max(len(names), 1)
        for index, name in enumerate(names):
            x, width = LEFT + index * step, min(step - 6, 130)
            box_y = y + 46
            size = 13 if step > 85 else 10
            out.append(f'<rect class="b" x="{x:.0f}" y="{box_y}" width="{width:.0f}" height="{BOX}" rx="4"/>')
            out.append(
                f'<text x="{x + width / 2:.0f}" y="{box_y + 19}" text-anchor="middle" '
                f'style="font-size:{size}px">{escape(name)}</text>'
            )
            if layer == "contexts":
                contexts[name] = (x, width, box_y)
    for importer, imported in house.context_arrows:
        (xa, wa, ya), (xb, wb, _) = contexts[importer], contexts[imported]
        start, end = xa + wa / 2, xb + wb / 2
        dip = ya + BOX + 8 + abs(start - end) * 0.045
        out.append(
            f'<path class="a" d="M{start:.0f} {ya + BOX} Q{(start + end) / 2:.0f} {dip:.0f} {end:.0f} {ya + BOX + 1}"/>'
        )
    order = {layer: index for index, layer in enumerate(layers)}
    for importer, imported in house.layer_arrows:
        if importer not in order or imported not in order:
            continue
        # The longer the way, the further out it runs.
        lane = EDGE - 12 - 14 * (order[imported] - order[importer])
        start, end = top[importer] + BAND / 2 + 4 * order[imported], top[imported] + BAND / 2 - 4 * order[importer]
        out.append(
            f'<path class="a" d="M{EDGE} {start:.0f} L{lane} {start + 8:.0f} V{end - 8:.0f} L{EDGE - 1} {end:.0f}"/>'
        )
    height = 20 + len(layers) * (BAND + GAP)
    head = (
        '<defs><marker id="h" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z" fill="#2f6f9f"/></marker></defs>'
    )
    title = (
        "<title>What imports what in Gezhi: arrows point from the importing layer or context to the imported</title>"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">{title}'
        f"<style>{STYLE}</style>{head}\n" + "\n".join(out) + "\n</svg>\n"
    )


BARS = {
    "handled_it": "ever handled it",
    "at_work": "took it in for somebody else or worked on it",
    "asked_it": "asked for it",
    "took_it_in": "took it in",
    "has_it": "has the case in hand",
    "reviewed_it": "took the first review",
    "no_approver": "is not among those whom the city lets decide",
}
CASE_RELATIONS = (
    "*covers*: holds the role in an area that covers the case's place. *entrusted*: is the assignee, or an officer of",
    "the department that has the case. *reported_it*: reported the case, shown by the account or the follow code.",
    "*registered_it*: took the report in, in office or for a caller.",
)
POWER_RELATIONS = (
    "*covers*: holds the role in an area that covers the street. A power lies at the street while it is claimed, exercised or",
    "returning, from its first day to its last. It is entered in the status that the register has for the item.",
)


def life_of(title: str, table: Mapping[Any, Step], *, written_in: str, of: str, relations: Sequence[str]) -> str:
    """A transition table as a page. ``of``: what it is the life of, for the heading of a column; ``relations``: what they mean."""
    lines = [
        f"# {title}",
        "",
        f"Who may do what from where. This page is written from `{written_in}` by `make docs`.",
        "",
        f"| action | from | to | who, and how they must stand to {of} | words needed |",
        "|---|---|---|---|---|",
    ]
    for action, row in table.items():
        sources = ", ".join(sorted(status.value for status in row.sources)) or "–"
        who = "; ".join(f"{permit.role.value} ({permit.relation.value})" for permit in row.permits)
        who += "".join(f"; never one who {BARS[bar]}" for bar in row.bars)
        who += "".join(f"; only when {condition.value.replace('_', ' ')}" for condition in row.when)
        target = row.to.value if row.to else "stays"
        words = "yes" if row.needs_reason or row.needs_words else ""
        lines.append(f"| {action.value} | {sources} | {target} | {who} | {words} |")
    return "\n".join([*lines, "", *relations, "", *_diagram(table), ""])


def _diagram(table: Mapping[Any, Step]) -> list[str]:
    """The steps that move it from one state to another, as a diagram that readers of Markdown draw."""
    moves: dict[tuple[str, str], list[str]] = {}
    for action, row in table.items():
        for source in sorted(status.value for status in row.sources) or ["[*]"]:
            if row.to is not None and row.to.value != source:
                moves.setdefault((source, row.to.value), []).append(action.value)
    left = {source for source, _to in moves}
    ends = [(state, "[*]") for state in sorted({to for _source, to in moves} - left)]
    arrows = [f"  {source} --> {to}: {', '.join(actions)}" for (source, to), actions in moves.items()]
    return ["```mermaid", "stateDiagram-v2", *arrows, *(f"  {state} --> {end}" for state, end in ends), "```"]


def case_life() -> str:
    """The life of a case."""
    from gezhi.contexts.cases.domain.transitions import TRANSITIONS

    path = "contexts/cases/domain/transitions.py"
    return life_of("The life of a case", TRANSITIONS, written_in=path, of="the case", relations=CASE_RELATIONS)


def power_life() -> str:
    """The life of a power at a street."""
    from gezhi.contexts.powers.domain.transitions import TRANSITIONS

    path, title = "contexts/powers/domain/transitions.py", "The life of a power at a street"
    return life_of(title, TRANSITIONS, written_in=path, of="the street", relations=POWER_RELATIONS)


DOCUMENTS = {"architecture.svg": architecture_svg, "case-life.md": case_life, "power-life.md": power_life}


def main() -> int:
    """Write every document."""
    os.environ.setdefault("GEZHI_HOME", tempfile.mkdtemp(prefix="gezhi-docs-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezhi.config.settings.embedded")
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, make in DOCUMENTS.items():
        (REFERENCE / name).write_text(make(), "utf-8")
        print(f"docs/reference/{name}")
    openapi = ROOT / "scripts" / "write_openapi.py"
    if openapi.exists():
        runpy.run_path(str(openapi), run_name="__main__")
        print("docs/reference/openapi.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
