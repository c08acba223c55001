"""Tasks for the solvers' commands: run one from a file, and change one place of a task."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from gezhi.interfaces.cli.main import main


def solve_file(tmp_path: Path, command: str, task: Any, *options: object) -> tuple[Result, Path]:
    """Run ``gezhi solve COMMAND`` on a task (a text is written as it is); the outcome, and where the answer would be.

    A traceback fails the test.
    """
    source, out = tmp_path / "in.json", tmp_path / "out.json"
    source.write_text(task if isinstance(task, str) else json.dumps(task), "utf-8")
    done = CliRunner().invoke(main, ["solve", command, str(source), "--out", str(out), *map(str, options)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done, out


def changed(task: Any, *path: str | int, to: Any) -> Any:
    """A copy of a task with one place changed; ``to`` None takes the place out."""
    task = copy.deepcopy(task)
    inner = task
    for step in path[:-1]:
        inner = inner[step]
    if to is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return task
