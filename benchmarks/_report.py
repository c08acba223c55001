"""What the benchmarks share: the folder of public data, and one line of a table."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder(*parts: str) -> Path | None:
    """A folder of the public data sets beside the repository; None where it is absent."""
    here = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("GEZHI_SHARED_DATA") or here).joinpath(*parts)
    return folder if folder.is_dir() else None


def row(figure: str, value: str, aim: str = "", holds: bool | None = None, cpu: str = "") -> None:
    """One line of the table: the figure, its value and aim, whether it holds, CPU time of ours or of ours / the peer."""
    word = "" if holds is None else ("yes" if holds else "NO")
    print(f"{figure:<62} {value:>22} {aim:>16} {word:>5} {cpu:>20}", flush=True)
