"""Register many compounds at once: an import or a founding. A planner or system administrator does this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from django.db import IntegrityError, transaction

from gezhi.contexts.areas.models import Compound
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.record import record

_BATCH = 500


@dataclass(frozen=True)
class NewCompound:
    """A compound to register; ``shape`` is a polygon in WGS84 degrees. See the model for the rest."""

    code: str
    name: str
    community_id: int
    grid_id: int
    households: int
    governance: str
    on_platform: bool
    shape: Any
    address: str = ""
    name_en: str = ""


def register_compounds(*, actor: Actor, compounds: Sequence[NewCompound], now: datetime) -> int:
    """Add all compounds or none, with one audit record; returns how many.

    Raises ``NotAllowed`` unless the actor is a planner or a system administrator, ``InvalidInput`` for an unknown kind
    of governance, a platform without a committee or a shape that is no polygon, ``Conflict`` when a code is taken.
    """
    require_in(actor, "register_compounds")
    for item in compounds:
        if item.governance not in Compound.Governance.values:
            raise InvalidInput("governance_unknown", f"'{item.governance}' is unknown", field="governance")
        if item.on_platform and item.governance == Compound.Governance.NONE:
            raise InvalidInput(
                "platform_without_committee",
                f"'{item.code}' has no committee to join the platform",
                field="on_platform",
            )
        if item.shape.geom_type not in {"Polygon", "MultiPolygon"} or item.shape.is_empty:
            raise InvalidInput("shape_invalid", f"the shape of '{item.code}' is not a polygon", field="shape")
    middles = shapely.point_on_surface(np.array([item.shape for item in compounds], dtype=object))
    rows = [
        Compound(
            code=item.code,
            name=item.name,
            name_en=item.name_en,
            address=item.address,
            community_id=item.community_id,
            grid_id=item.grid_id,
            households=item.households,
            governance=item.governance,
            on_platform=item.on_platform,
            geometry=item.shape,
            lon=middle.x,
            lat=middle.y,
        )
        for item, middle in zip(compounds, middles, strict=True)
    ]
    with transaction.atomic():
        try:
            with transaction.atomic():
                Compound.objects.bulk_create(rows, batch_size=_BATCH)
        except IntegrityError as error:
            raise Conflict("compound_code_taken", "one of the codes is taken or occurs twice", field="code") from error
        record(
            actor=actor,
            action="areas.compounds_registered",
            object_type="compound",
            object_id="",
            data={"count": len(rows)},
            now=now,
        )
    return len(rows)
