"""What all ``gezhi solve`` commands share: a JSON task read and checked, a JSON answer written whole, exit codes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from gezhi.interfaces.solver_tasks import answer_json, require_names_once, task_of
from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import ShouldStop, Status

EXIT_PLAN, EXIT_BAD_INPUT, EXIT_IMPOSSIBLE, EXIT_NONE_FOUND = 0, 2, 3, 4
EXIT_OF = {Status.IMPOSSIBLE: EXIT_IMPOSSIBLE, Status.NONE_FOUND: EXIT_NONE_FOUND}

# A file larger than this is no task for one machine's memory.
MOST_BYTES = 2 * 1024**3

Task = TypeVar("Task")


def refuse(message: str) -> NoReturn:
    """Say what is wrong with the input and leave with exit code 2."""
    click.echo(message, err=True)
    sys.exit(EXIT_BAD_INPUT)


def read_task(path: Path, kind: type[Task], *, names_once: bool = False) -> Task:
    """Read ``path`` as JSON into a msgspec Struct ``kind``.

    A byte-order mark before it is no part of it. NaN, Infinity, a missing or wrongly typed field and an unreadable file
    end the command with exit code 2 and a message that names the field; with ``names_once`` so does a name that stands
    twice in one object, of which one reader would take the first and another the last.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            refuse(f"{path}: larger than {MOST_BYTES} bytes")
        content = path.read_bytes()
    except OSError as error:
        refuse(f"{path}: {error.strerror or error}")
    try:
        task = task_of(content, kind)
        if names_once:
            require_names_once(content)
    except InvalidInput as error:
        refuse(f"{path}: {error.message}")
    return task


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A place beside ``path`` to write to; at the end it becomes ``path``, and whatever goes wrong leaves nothing.

    An unwritable place ends the command with exit code 2.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield unfinished
        unfinished.replace(path)
    except OSError as error:
        refuse(f"{path}: {error.strerror or error}")
    finally:
        unfinished.unlink(missing_ok=True)


def write_answer(path: Path, answer: Any) -> None:
    """Write ``answer`` as JSON, whole or not at all; an unwritable place ends the command with exit code 2."""
    with written_whole(path) as unfinished:
        unfinished.write_bytes(answer_json(answer))


def within(seconds: float | None) -> ShouldStop:
    """A ``ShouldStop`` that says True ``seconds`` of wall time from now; never, for None."""
    if seconds is None:
        return lambda: False
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


@contextmanager
def bad_input_refused() -> Iterator[None]:
    """Turn a solver's ``InvalidInput`` into one line that names the field, and exit code 2."""
    try:
        yield
    except InvalidInput as error:
        refuse(f"{error.field}: {error.message}" if error.field else error.message)


def finish(out: Path, answer: Any, status: Status, claim: str) -> NoReturn:
    """Write the answer, say its claim on standard error, and leave with the exit code of ``status``."""
    write_answer(out, answer)
    click.echo(claim, err=True)
    sys.exit(EXIT_OF.get(status, EXIT_PLAN))


def writable(context: click.Context, parameter: click.Parameter, path: Path | None) -> Path | None:
    """Refuse a place that nothing can be written to before any work is done. The callback of options for files."""
    if path is not None and not os.access(path.parent, os.W_OK | os.X_OK):
        why = "no permission to write there" if path.parent.is_dir() else "there is no such folder"
        refuse(f"{parameter.opts[0]} {path}: {why}")
    return path


def out_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The option ``--out`` of every solver."""
    return click.option(
        "--out",
        required=True,
        type=click.Path(dir_okay=False, path_type=Path),
        callback=writable,
        help="File for the answer; replaced whole, never half-written.",
    )(function)


def task_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """The argument IN of every solver that reads JSON."""
    return click.argument("task", metavar="IN", type=click.Path(dir_okay=False, path_type=Path))(function)
