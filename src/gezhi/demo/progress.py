"""A progress bar on standard error that names the step being taken."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Steps:
    """A bar of named steps; call it with the name of the step that begins. Silent where nobody watches."""

    def __init__(self, title: str, *, total: int) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn(title),
            BarColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._task: TaskID = self._bar.add_task("", total=total)
        self._begun = False

    def __enter__(self) -> Steps:
        self._bar.start()
        return self

    def __call__(self, step: str) -> None:
        if self._begun:
            self._bar.advance(self._task)
        self._begun = True
        self._bar.update(self._task, description=step)

    def extend(self, total: int) -> None:
        """Add ticks to the bar."""
        self._bar.update(self._task, total=(self._bar.tasks[self._task].total or 0) + total)

    def tick(self) -> None:
        """One tick of the step being taken."""
        self._bar.advance(self._task)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
