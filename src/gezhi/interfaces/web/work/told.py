"""A run in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from gezhi.interfaces import problem
from gezhi.interfaces.web.words import FINDING, LEVEL, english, local_name, said
from gezhi.kernel.filled import restored
from gezhi.kernel.steps import Words
from gezhi.platform.access.actor import Actor
from gezhi.platform.work.kinds import WorkKind, work_kind, work_kinds
from gezhi.platform.work.models import WorkRun, WorkState
from gezhi.platform.work.queries import files_of, followed_by, uploads_kept, waits_before
from gezhi.solvers.certificate import Status

STATE: dict[str, str | Promise] = {
    WorkState.QUEUED: pgettext_lazy("run", "Waiting"),
    WorkState.RUNNING: pgettext_lazy("run", "Running"),
    WorkState.DONE: pgettext_lazy("run", "Done"),
    WorkState.FAILED: pgettext_lazy("run", "Failed"),
    WorkState.STOPPED: pgettext_lazy("run", "Stopped"),
}
# How a search ended.
SEARCHED: dict[str, str | Promise] = {
    Status.OPTIMAL: _("Proven to be the best plan"),
    Status.FEASIBLE: _("A plan that keeps every rule"),
    Status.PARTIAL: _("A plan that breaks some rules; the file lists them"),
    Status.IMPOSSIBLE: _("Proven: no plan keeps the rules"),
    Status.NONE_FOUND: _("No plan was found in the time"),
}
# Values of results that are words of a list.
_SAID = LEVEL | SEARCHED
# Failures for which starting again may help, whatever was sent.
_NOT_THE_FILES = frozenset({"work_abandoned", "work_interrupted", "work_failed", "disk_full", "not_allowed"})
_TONE = {WorkState.DONE: "good", WorkState.FAILED: "urgent", WorkState.RUNNING: "active"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of a result: its name, and a value or several with their counts."""

    name: str | Promise
    value: object
    parts: list[tuple[str | Promise, int]]


@dataclass(frozen=True, slots=True)
class Told:
    """A run as a page shows it. ``percent`` None: nobody knows of how much. ``own``: the reader started it."""

    run: WorkRun
    title: str | Promise
    state: str | Promise
    tone: str
    area: str
    own: bool
    percent: int | None

    @property
    def stopping(self) -> bool:
        """Whether somebody asked it to stop and it has not come to that yet."""
        return self.run.stop_asked_at is not None and not self.run.has_ended

    @property
    def words(self) -> str | Promise:
        """What it is about just now."""
        return said(Words(self.run.words)) if self.run.words else ""


def told(actor: Actor, run: WorkRun) -> Told:
    """The head of a run. No query."""
    kind = work_kind(run.kind)
    percent = min(100, run.done * 100 // run.total) if run.total else None
    return Told(
        run,
        run.kind if kind is None else said(kind.title),
        STATE[run.state],
        _TONE.get(WorkState(run.state), "plain"),
        local_name(run.area) if run.area_id else gettext("the whole city"),
        run.started_by_id is not None and run.started_by_id == actor.user_id,
        percent,
    )


def told_in_full(actor: Actor, run: WorkRun, *, now: datetime) -> dict[str, Any]:
    """All that the page of a run shows."""
    kind, own = work_kind(run.kind), run.started_by_id == actor.user_id
    done = run.state == WorkState.DONE
    next_kind = kind.leads_to if kind is not None and own and done else None
    if next_kind is not None and next_kind.only_if and not run.result.get(next_kind.only_if):
        next_kind = None
    followed = None if next_kind is None else followed_by(run, next_kind.kind)
    return {
        "told": told(actor, run),
        "run": run,
        "before": waits_before(run) if run.state == WorkState.QUEUED else 0,
        "lines": _lines(kind, run) if done and kind is not None else [],
        "wrong": _wrong(run) if done else [],
        "faults": run.result.get("faults") if done else None,
        "files": files_of(actor, run, now=now) if done else [],
        "next": None if next_kind is None or followed else (next_kind.kind, said(next_kind.words)),
        "followed": None if followed is None else told(actor, followed),
        "achieved": kind is None or not kind.achieved or bool(run.result.get(kind.achieved)),
        "stop_was_late": run.stop_asked_at is not None and run.state in {WorkState.DONE, WorkState.FAILED},
        **(_again(actor, kind, run, now=now) if own and kind is not None else {}),
        **_failure(run),
    }


def _again(actor: Actor, kind: WorkKind[Any], run: WorkRun, *, now: datetime) -> dict[str, Any]:
    """Whether the same may be started once more, or else the kind whose form takes another file.

    What is wrong with a file is wrong with it each time; and a file is kept for a day.
    """
    if run.state not in {WorkState.FAILED, WorkState.STOPPED}:
        return {}
    helps = not kind.uploads or run.state == WorkState.STOPPED or run.failure_code in _NOT_THE_FILES
    if helps and uploads_kept(actor, kind, run, now=now):
        return {"may_repeat": True}
    before = (other.name for other in work_kinds() if other.leads_to is not None and other.leads_to.kind == kind.name)
    return {"another_file": next(before, kind.name)} if kind.uploads else {}


def _failure(run: WorkRun) -> dict[str, Any]:
    if run.state != WorkState.FAILED:
        return {}
    # A code with a dot is a solver's own: it names the field of the task that is at fault.
    words = problem.WORDS.get("task_unreadable" if "." in run.failure_code else run.failure_code)
    # The program's own words name rows and columns, which those of the catalogue cannot. What has no words in the reader's
    # language says no more than those do.
    detail = "" if run.failure_id else _said_of(run, run.failure_words, "" if words and not english() else None)
    return {"failure": words or _("It could not be done."), "detail": detail, "number": run.failure_id}


def _said_of(run: WorkRun, text: str, unknown: str | None = None) -> str:
    """A text of a run in the reader's language; ``unknown`` (None: the text itself) where the run has no words for it."""
    kept = (run.said or {}).get(text)
    if kept is not None:
        return problem.in_words(restored(kept))
    return text if unknown is None else unknown


def _lines(kind: WorkKind[Any], run: WorkRun) -> list[Line]:
    lines = []
    for one in kind.told:
        value = run.result.get(one.name)
        # What a run never came to find out is no nought.
        if value in (None, "") or isinstance(value, list):
            continue
        name = said(one.label) if one.label else one.name
        if isinstance(value, dict):
            if value:
                lines.append(
                    Line(name, "", [(FINDING.get(part) or _said_of(run, part), count) for part, count in value.items()])
                )
            continue
        lines.append(Line(name, _value(run, value), []))
    return lines


def _wrong(run: WorkRun) -> list[tuple[str, str, str]]:
    """The first faults of a workbook: sheet, cell, what is wrong."""
    found = run.result.get("wrong") or []
    return [(one["sheet"], one["cell"], _said_of(run, one["fault"])) for one in found]


def _value(run: WorkRun, value: object) -> object:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int):
        return f"{value:,}"
    return _SAID.get(value) or _said_of(run, value) if isinstance(value, str) else value
