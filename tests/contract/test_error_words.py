"""Every error that a page or the API can meet has words in the reader's language."""

from __future__ import annotations

import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "gezhi"
RAISED = re.compile(
    r"(?:InvalidInput|NotAllowed|NotFound|Conflict|TooMany|TooLarge|TooSlow|Unavailable|needs)\(\s*\"([a-z_0-9]+)\""
    r"|\bmissing=\"([a-z_0-9]+)\""
)
# What only the command line reads: files and their rows. Its messages name rows and are English like its options.
COMMAND_LINE = (
    "interfaces/cli",
    # Classes and duties are read by commands only; cases come in on a page too.
    "interfaces/imports/tables",
    # Anchors, checkpoints and the founding of the register: only `gezhi audit` and `gezhi init` meet them.
    "platform/audit",
    "demo",
    "solvers",
    # Areas are imported on a page too; roads and compounds by commands only.
    "contexts/areas/use_cases/draw_roads",
    "contexts/areas/use_cases/register_compounds",
    "contexts/organisations/use_cases",
    "contexts/workforce/use_cases",
)


# What any use case may meet, whoever calls it.
ALSO_ON_PAGES = ("platform/audit/evidence.py",)


def raised_codes():
    found = {}
    for path in SOURCE.rglob("*.py"):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith(COMMAND_LINE) or name in ALSO_ON_PAGES:
            for code in map("".join, RAISED.findall(path.read_text("utf-8"))):
                found.setdefault(code, name)
    return found


def test_every_code_has_words():
    from gezhi.interfaces.problem import WORDS

    codes = raised_codes()
    assert len(codes) > 40
    silent = {code: place for code, place in codes.items() if code not in WORDS}
    assert silent == {}, "give each its words in WORDS of src/gezhi/interfaces/problem.py"


def test_no_words_are_left_over():
    from gezhi.interfaces.problem import WORDS

    assert set(WORDS) - set(raised_codes()) == set(), "no code raises these: take them out of interfaces/problem.py"
