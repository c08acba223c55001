"""``gezhi text``: train a classifier of messages, measure it, use it, and find hot topics."""

from __future__ import annotations

import click

from gezhi.interfaces.cli.lazy import LazyGroup

TASKS: dict[str, tuple[str, str]] = {
    "evaluate": ("gezhi.interfaces.cli.text_classes:evaluate", "Measure a model on labelled messages"),
    "predict": ("gezhi.interfaces.cli.text_classes:predict_file", "Add label and probability to messages"),
    "topics": ("gezhi.interfaces.cli.text_topics:command", "Find what many write about the same place"),
    "train": ("gezhi.interfaces.cli.text_classes:train_model", "Train a model on labelled messages"),
}


@click.command(cls=LazyGroup, lazy=TASKS, epilog="Exit codes: 0 done; 2 bad input, with the field named.")
def command() -> None:
    """Classes and topics of citizens' messages, from CSV, XLSX or JSON files, plain or gzipped."""
