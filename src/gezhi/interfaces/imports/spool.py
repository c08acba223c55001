"""Landmarks between reading and writing: on disk, so that a list of any length has been read to its end before the database is
locked for it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import msgspec
import shapely

from gezhi.contexts.ground.domain.layers import Layer
from gezhi.contexts.ground.use_cases import NewFeature


class _Row(msgspec.Struct, array_like=True):
    kind: str
    lon: float
    lat: float
    name: str
    name_en: str
    also: tuple[str, ...]
    street: str
    house_number: str
    ref: str


class LandmarkSpool:
    """A file without a name in ``folder``: whatever ends the process, nothing of it stays behind."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by ``__exit__``
        self._encode, self._decoder = msgspec.json.Encoder().encode, msgspec.json.Decoder(_Row)

    def __enter__(self) -> LandmarkSpool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def add(self, one: NewFeature) -> None:
        """Keep a landmark."""
        texts = (one.name, one.name_en, one.also, one.street, one.house_number, one.ref)
        self._file.write(self._encode(_Row(one.kind, one.shape.x, one.shape.y, *texts)) + b"\n")

    def __iter__(self) -> Iterator[NewFeature]:
        """All that was kept, in its order."""
        self._file.seek(0)
        for line in self._file:
            row = self._decoder.decode(line)
            yield NewFeature(
                layer=Layer.LANDMARK,
                kind=row.kind,
                shape=shapely.Point(row.lon, row.lat),
                name=row.name,
                name_en=row.name_en,
                also=row.also,
                street=row.street,
                house_number=row.house_number,
                ref=row.ref,
            )
