"""A service of map pictures that lies under the city's own ground: by settings alone."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from gezhi.config.environment import Environment
from gezhi.interfaces.web.tile_service import TileService
from gezhi.kernel.datum import Datum

_DATUMS = {"wgs84": Datum.WGS84, "cgcs2000": Datum.WGS84, "gcj02": Datum.GCJ02}
# As services of tiles with a description of their own (WMTS) write them.
_SAME = {"{TileMatrix}": "{z}", "{TileCol}": "{x}", "{TileRow}": "{y}"}
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?")
_MOST_ZOOM = 24


def tile_service(env: Environment) -> TileService | None:
    """The service from ``GEZHI_TILES_URL`` and what goes with it; None where it is not set.

    Raises ``ImproperlyConfigured`` for an address without ``{z}``, ``{x}`` and ``{y}``, with a place that nothing fills, or of
    a host that no content policy could name.
    """
    address = env.text("tiles_url", default="")
    if not address:
        return None
    for written, ours in _SAME.items():
        address = address.replace(written, ours)
    key = env.text("tiles_key", default="")
    if "{key}" in address and not key:
        raise ImproperlyConfigured("GEZHI_TILES_URL has a place for {key}, but GEZHI_TILES_KEY is missing")
    address = address.replace("{key}", quote(key, safe=""))
    layers = tuple(
        tuple(one for layered in _filled(address, "layer", [layer]) for one in _filled(layered, "s", hosts))
        for hosts in [env.words("tiles_hosts", default=[])]
        for layer in env.words("tiles_layers", default=[]) or [""]
    )
    for one in (one for layer in layers for one in layer):
        _check(one)
    datum = env.text("tiles_datum", default="wgs84").lower()
    if datum not in _DATUMS:
        raise ImproperlyConfigured(f"GEZHI_TILES_DATUM: '{datum}' is none of {', '.join(_DATUMS)}")
    max_zoom = env.number("tiles_max_zoom", default=18)
    if not 0 <= max_zoom <= _MOST_ZOOM:
        raise ImproperlyConfigured(f"GEZHI_TILES_MAX_ZOOM: {max_zoom} is no zoom (0 to {_MOST_ZOOM})")
    return TileService(layers, max_zoom, _DATUMS[datum], env.text("tiles_attribution", default=""))


def _filled(address: str, name: str, values: list[str]) -> list[str]:
    """The address with each value in the place of ``{name}``; as it is where it has no such place."""
    place = "{" + name + "}"
    if place not in address:
        return [address]
    if not any(values):
        setting = {"layer": "GEZHI_TILES_LAYERS", "s": "GEZHI_TILES_HOSTS"}[name]
        raise ImproperlyConfigured(f"GEZHI_TILES_URL has a place for {place}, but {setting} is missing")
    return [address.replace(place, value) for value in values]


def _check(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in {"https", "http"} or not _HOST.fullmatch(parts.netloc):
        raise ImproperlyConfigured(f"GEZHI_TILES_URL: '{parts.netloc}' is no host of https://host/…{{z}}…")
    places = set(re.findall(r"\{[^}]*\}", address))
    wanted = {"{z}", "{x}", "{y}"}
    if places != wanted:
        odd = ", ".join(sorted(places ^ wanted))
        raise ImproperlyConfigured(f"GEZHI_TILES_URL needs {{z}}, {{x}} and {{y}}, and no other place: {odd}")
