"""The tables that ship, and what people say for a class when they do not know its name."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


def shipped(name: str) -> list[dict[str, str]]:
    """The rows of a table that ships."""
    text = (files("gezhi.contexts.cases") / "data" / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def everyday_words() -> dict[str, tuple[str, str]]:
    """Chinese and English everyday phrases that ship, by the name of a class: a city's table may give a code another meaning."""
    return {row["name"]: (row["words_zh"], row["words_en"]) for row in shipped("everyday_words.csv")}
