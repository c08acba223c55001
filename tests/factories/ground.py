"""Ground to draw on: roads, rivers, buildings."""

from __future__ import annotations

from typing import Any

import shapely

from gezhi.contexts.ground.domain.layers import Layer
from gezhi.contexts.ground.use_cases import NewFeature, NewSource, lay_ground
from gezhi.kernel import clock
from gezhi.platform.kept import forget_all
from tests.factories.cases import SYSTEM


def road(name: str, kind: str, *ends: tuple[float, float], **more: Any) -> NewFeature:
    """A road or river along points in degrees."""
    layer = Layer.WATERWAY if kind == "river" else Layer.ROAD
    return NewFeature(layer, kind, shapely.LineString(ends), name, **more)


def lay(*features: NewFeature, code: str = "test", licence: str = "") -> int:
    """Lay features in place of those that the source of this code laid before."""
    source = NewSource(code, code, licence)
    laid = lay_ground(actor=SYSTEM, source=source, features=features, now=clock.now())
    forget_all()
    return laid
