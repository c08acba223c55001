"""``gezhi audit``: is the record whole?"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gezhi.interfaces.cli.output import FINDING, plain_errors, print_json, start_django

if TYPE_CHECKING:
    from gezhi.platform.audit.walk import Finding
    from gezhi.platform.steps.consistency import Differing


@click.group("audit")
def command() -> None:
    """The hash-chained record of every change."""


@dataclass
class _Outcome:
    """What a run found. ``anchors``: how many were held against the record."""

    rows: int = 0
    anchors: int = 0
    findings: list[Finding] = field(default_factory=list)
    differing: list[Differing] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not self.findings and not self.differing


@command.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--folds/--no-folds", default=True, help="Also compare each case's row with the fold of its history.")
@click.option("--files/--no-files", default=True, help="Also read each picture's file and compare its hash.")
@click.option("--resume", is_flag=True, help="Go on from where the last clean run ended.")
@click.option(
    "--anchor",
    "anchor_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file of anchors; without it that of the data folder, where there is one.",
)
def verify(as_json: bool, folds: bool, files: bool, resume: bool, anchor_file: Path | None) -> None:
    """Walk every chain and say which rows were changed, added or removed outside the program.

    Also compares every table under seal with what the program last wrote, every case's row with its history, every
    picture's file with its hash, and every anchor with the chain on which it lies. Reads one state of the database while
    the city works, and holds up nobody.

    A clean run leaves a checkpoint. With --resume the chains are walked, and the cases compared, only from there on
    (everything else as ever): good for every hour or day. What was done to older rows is found by the full run: have it
    at least once a week.

    Exit codes: 0 the record is whole, 1 something was found (each row's table and id are printed), 2 the checkpoint or the
    file of anchors cannot be used.
    """
    start_django()
    with plain_errors("audit verify"):
        outcome = _run(folds=folds, files=files and not resume, resume=resume, anchor_file=anchor_file)
    if as_json:
        print_json(_as_json(outcome))
    else:
        _print(outcome)
    raise SystemExit(0 if outcome.clean else FINDING)


def _run(*, folds: bool, files: bool, resume: bool, anchor_file: Path | None) -> _Outcome:
    from gezhi.interfaces.cli.progress import counted
    from gezhi.kernel import clock
    from gezhi.kernel.errors import InvalidInput
    from gezhi.platform.audit import verify as audit
    from gezhi.platform.audit.anchors import anchor_path, anchored_rows, anchors_exist, read_anchors
    from gezhi.platform.audit.checkpoint import read_checkpoint, write_checkpoint
    from gezhi.platform.audit.one_state import one_state
    from gezhi.platform.audit.walk import Finding
    from gezhi.platform.steps.consistency import all_that_differ, last_steps

    outcome = _Outcome()
    checkpoint = read_checkpoint() if resume else None
    if resume and checkpoint is None:
        raise InvalidInput("no_checkpoint", "there is no checkpoint yet; run a full `gezhi audit verify` first")
    anchored: dict[str, dict[int, tuple[str, str]]] = {}
    source = anchor_file or (anchor_path() if anchors_exist() else None)
    if source is not None:
        kept = read_anchors(source)
        anchored, outcome.anchors = anchored_rows(kept.anchors), len(kept.anchors)
        outcome.findings += [
            Finding(str(source), "", number, None, "this anchor was not made by this city's key")
            for number in kept.bad_lines
        ]
    ends: dict[str, tuple[int, str]] = {}
    since_step = None if checkpoint is None else checkpoint.last_steps
    with one_state():
        outcome.rows = audit.count_rows()
        with counted("verifying", total=None if resume else outcome.rows) as advance:
            outcome.findings += audit.verify(
                progress=advance,
                since=None if checkpoint is None else checkpoint.ends,
                anchored=anchored,
                ends=ends,
                leave_out=() if files else ("files",),
            )
        if folds:
            outcome.differing += all_that_differ(since=since_step)
        steps = last_steps()
    # A run that left something out vouches for nothing.
    if outcome.clean and folds and (files or resume):
        write_checkpoint(at=clock.now().isoformat(), ends=ends, last_steps=steps)
    return outcome


def _as_json(outcome: _Outcome) -> dict[str, Any]:
    return {
        "rows": outcome.rows,
        "anchors": outcome.anchors,
        "clean": outcome.clean,
        "findings": [asdict(finding) for finding in outcome.findings],
        "rows_that_differ": [{one.kind: one.number, "columns": one.at_fault} for one in outcome.differing],
    }


def _print(outcome: _Outcome) -> None:
    for finding in outcome.findings:
        row = "row missing" if finding.row_id is None else f"row id {finding.row_id}"
        place = f" (chain {finding.chain}, {finding.seq})" if finding.chain else ""
        click.echo(f"{finding.table or '?'}: {row}{place}: {finding.problem}")
    for one in outcome.differing:
        click.echo(f"{one.kind} {one.number} differs from its history in {', '.join(one.at_fault)}")
    held = f", {outcome.anchors} anchors" if outcome.anchors else ""
    click.echo(f"{outcome.rows} rows{held}: {'clean' if outcome.clean else 'NOT CLEAN'}")


@command.command("anchor")
def anchor() -> None:
    """Write down where all chains end now: one line on the screen, the whole in GEZHI_HOME/audit/anchors.jsonl.

    The job worker does this daily. Take the file, or the lines, to where nobody who can write to the database can write:
    `gezhi audit verify --anchor FILE` then finds that an old copy of the database was put back.

    Exit codes: 0 written, 2 the database is not ready.
    """
    start_django()
    from gezhi.kernel import clock
    from gezhi.platform.audit.anchors import keep_anchor, make_anchor

    with plain_errors("audit anchor"):
        made = make_anchor(now=clock.now())
        keep_anchor(made)
    click.echo(made.line)
