"""Every error that a page or the API can meet has words in the reader's language."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from gezhi.kernel.formalism import FormalismRule
from gezhi.platform.steps.registry import kinds

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
    # Areas are imported on a page too; the ground and compounds by commands only.
    "contexts/ground/use_cases",
    "contexts/areas/use_cases/register_compounds",
)


# What any use case may meet, whoever calls it.
ALSO_ON_PAGES = ("platform/audit/evidence.py",)


# What reads the files of background work: a fault names rows and fields, in the language of whoever reads it.
READ_FOR_A_PAGE = (
    "interfaces/imports/source.py",
    "interfaces/imports/mapping.py",
    "interfaces/imports/case_rows.py",
    "interfaces/imports/run.py",
    "interfaces/solver_tasks.py",
    "interfaces/work",
    "platform/geodb/vector_file.py",
    "contexts/areas/use_cases/import_areas.py",
    "contexts/areas/use_cases/plant_areas.py",
    "contexts/cases/use_cases/import_cases.py",
    "solvers/partition/task.py",
    "solvers/distinct.py",
)
ERRORS = {"InvalidInput", "NotFound", "Conflict", "TooLarge", "Unavailable", "_Bad", "_refuse"}


def english_with_values(source: str) -> list[int]:
    """Lines on which an error is made of a text with values that nobody can translate: an f-string."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
            found += [one.lineno for one in node.args[1:2] if isinstance(one, ast.JoinedStr)]
    return found


def test_faults_of_files_can_be_said_in_another_language():
    assert english_with_values('raise InvalidInput("bad", f"row {number} is bad", field="file")') == [1]
    wrong = {
        path.relative_to(SOURCE).as_posix(): lines
        for path in SOURCE.rglob("*.py")
        if path.relative_to(SOURCE).as_posix().startswith(READ_FOR_A_PAGE)
        and (lines := english_with_values(path.read_text("utf-8")))
    }
    assert wrong == {}, "say it with `filled(...)` of kernel/filled.py"


def raised_codes():
    found = {}
    for path in SOURCE.rglob("*.py"):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith(COMMAND_LINE) or name in ALSO_ON_PAGES:
            for code in map("".join, RAISED.findall(path.read_text("utf-8"))):
                found.setdefault(code, name)
    # A step that presupposes something is refused with the code of that.
    found |= {one.code: kind.name for kind in kinds() for one in kind.conditions.values()}
    # A rule of the guard is refused with its own code.
    found |= {rule.value: "kernel/formalism.py" for rule in FormalismRule}
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
