"""A service of map pictures elsewhere that a city may use: what a browser must know of it, and which hosts it may ask."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from gezhi.kernel.datum import Datum


@dataclass(frozen=True, slots=True)
class TileService:
    """``layers``, from the lowest up: the addresses of each, with places for ``{z}``, ``{x}`` and ``{y}``; several are the same."""

    layers: tuple[tuple[str, ...], ...]
    max_zoom: int
    datum: Datum
    attribution: str

    @property
    def origins(self) -> tuple[str, ...]:
        """Scheme and host of all addresses, each once."""
        parts = [urlsplit(address) for layer in self.layers for address in layer]
        return tuple(dict.fromkeys(f"{one.scheme}://{one.netloc}" for one in parts))
