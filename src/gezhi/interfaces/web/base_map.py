"""What lies under the city's own ground: files of finished tiles, and a service of map pictures; and whose all that is."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.conf import settings
from django.urls import reverse

from gezhi.contexts.ground import queries as ground
from gezhi.interfaces.web.tile_service import TileService
from gezhi.kernel.datum import Datum
from gezhi.platform.geodb.tile_archive import TileKind


@dataclass(frozen=True, slots=True)
class BaseLayer:
    """A layer that the map draws below its own. ``layers``: what vector tiles have, by their own names; ``bounds``: degrees."""

    kind: str
    tiles: tuple[str, ...]
    minzoom: int
    maxzoom: int
    datum: str
    bounds: tuple[float, float, float, float] | None = None
    layers: tuple[str, ...] = ()


def base_layers() -> list[BaseLayer]:
    """All of them, from the lowest up."""
    service: TileService | None = settings.GEZHI_TILE_SERVICE
    return [*(_of_service(service) if service else ()), *map(_of_archive, ground.base_tiles())]


def _of_service(one: TileService) -> list[BaseLayer]:
    return [BaseLayer("raster", addresses, 0, one.max_zoom, one.datum.value) for addresses in one.layers]


def _of_archive(one: ground.BaseTiles) -> BaseLayer:
    address = reverse("map-base-tile", args=[one.key, 0, 0, 0]).removesuffix("0/0/0") + "{z}/{x}/{y}"
    kind = "vector" if one.kind is TileKind.VECTOR else "raster"
    box = one.bounds.min_lon, one.bounds.min_lat, one.bounds.max_lon, one.bounds.max_lat
    return BaseLayer(kind, (address,), one.min_zoom, one.max_zoom, Datum.WGS84.value, box, one.layers)


def attribution() -> str:
    """The lines that must stand beside every map, each once."""
    service: TileService | None = settings.GEZHI_TILE_SERVICE
    lines = [service.attribution if service else "", *(one.licence for one in ground.licences())]
    return " · ".join(dict.fromkeys(filter(None, lines)))


def told() -> dict[str, object]:
    """What a map must know of it, for its TileJSON."""
    return {"attribution": attribution(), "base": [asdict(one) for one in base_layers()]}
