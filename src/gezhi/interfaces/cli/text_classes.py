"""``gezhi text train``, ``evaluate`` and ``predict``."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from pathlib import Path

import click

from gezhi.interfaces.cli.solver_files import bad_input_refused, refuse, writable, write_answer, written_whole
from gezhi.interfaces.cli.text_files import (
    batches_of,
    file_argument,
    model_argument,
    rows_of,
    segmented_option,
    text_option,
    words_of,
)
from gezhi.interfaces.imports.source import FIRST_ROW, Record
from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.text import MOST_TEXTS, Model, dump, figures, load, predict, train

ADDED = ("label", "probability")


def _labels(rows: list[Record], column: str, *, first: int = FIRST_ROW) -> list[str]:
    for number, row in enumerate(rows, start=first):
        if not row.get(column):
            raise InvalidInput("text.no_label", f"row {number} has no label", field=column)
    return [row[column] for row in rows]


def _model(path: Path) -> Model:
    try:
        return load(path.read_bytes())
    except OSError as error:
        refuse(f"{path}: {error.strerror or error}")


@click.command("train")
@file_argument
@text_option
@click.option("--label", required=True, help="Column with the class of each message.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    callback=writable,
    help="File for the model.",
)
@click.option("--seed", default=42, show_default=True, help="Seed of the solver and of the calibration folds.")
@segmented_option
def train_model(file: Path, columns: tuple[str, ...], label: str, out: Path, seed: int, segmented: bool) -> None:
    """Train a classifier on the labelled messages of FILE and write it to a model file.

    The model file is a zip of plain numbers and texts without any code, so it is safe to open. The same FILE, options
    and seed give the same bytes.
    """
    with bad_input_refused():
        rows = rows_of(file, (*columns, label), most=MOST_TEXTS)
        labels = _labels(rows, label)
        model = train(words_of(rows, columns, segmented=segmented), labels, seed=seed)
    with written_whole(out) as unfinished:
        unfinished.write_bytes(dump(model))
    click.echo(f"{len(rows)} messages, {len(model.classes)} classes, {model.space.width} features", err=True)


@click.command("evaluate")
@model_argument
@file_argument
@text_option
@click.option("--label", required=True, help="Column with the true class.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=writable,
    help="File for the figures; default: printed.",
)
@segmented_option
def evaluate(model: Path, file: Path, columns: tuple[str, ...], label: str, out: Path | None, segmented: bool) -> None:
    """Measure MODEL on the labelled messages of FILE.

    \b
    Prints JSON: texts, accuracy, macro_f1, calibration_error (expected calibration error of the
    predicted class, 15 equal bins), classes {label: support, precision, recall, f1}.
    """
    with bad_input_refused():
        trained = _model(model)
        truth: list[str] = []
        found: list[tuple[str, float]] = []
        for rows in batches_of(file, (*columns, label)):
            truth += _labels(rows, label, first=FIRST_ROW + len(truth))
            guesses = predict(trained, words_of(rows, columns, segmented=segmented))
            found += [(one.label, one.probability) for one in guesses]
        answer = asdict(figures(truth, [name for name, _ in found], [probability for _, probability in found]))
    if out is None:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        write_answer(out, answer)


@click.command("predict")
@model_argument
@file_argument
@text_option
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), callback=writable, help="CSV file."
)
@click.option(
    "--words", default=0, show_default=True, help="Add a column 'words' with so many that spoke for the class."
)
@segmented_option
def predict_file(model: Path, file: Path, columns: tuple[str, ...], out: Path, words: int, segmented: bool) -> None:
    """Classify the messages of FILE with MODEL.

    The CSV has all columns of FILE and label, probability (0 to 1, calibrated). A column of FILE with one of these
    names is kept as given_label, given_probability.
    """
    added = (*ADDED, "words") if words > 0 else ADDED
    written = 0
    with bad_input_refused():
        trained = _model(model)
        with written_whole(out) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target, lineterminator="\n")
            for rows in batches_of(file, columns):
                if not written:
                    writer.writerow([*(f"given_{name}" if name in added else name for name in rows[0]), *added])
                found = predict(trained, words_of(rows, columns, segmented=segmented), explain=max(0, words))
                for row, one in zip(rows, found, strict=True):
                    spoke = [" / ".join(word for word, _ in one.words)] if words > 0 else []
                    writer.writerow([*row.values(), one.label, f"{one.probability:.6f}", *spoke])
                written += len(rows)
    click.echo(f"{written} messages classified", err=True)
