"""Register an organisation. A system administrator does this."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.organisations.models import Organisation
from gezhi.contexts.organisations.queries import OrganisationRow, organisation
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.audit.record import record


def register_organisation(
    *,
    actor: Actor,
    code: str,
    name: str,
    kind: str,
    area_id: int,
    now: datetime,
    name_en: str = "",
    parent_id: int | None = None,
) -> OrganisationRow:
    """Add an organisation and return it.

    Raises ``NotAllowed`` unless the actor is a system administrator, ``InvalidInput`` for an empty code or name, an
    unknown kind, area or parent, and ``Conflict`` when the code is taken.
    """
    require_in(actor, "register_organisations", [area_id])
    code, name = code.strip(), name.strip()
    if not code:
        raise InvalidInput("organisation_code_missing", "an organisation needs a code", field="code")
    if not name:
        raise InvalidInput("organisation_name_missing", "an organisation needs a name", field="name")
    if kind not in Organisation.Kind.values:
        kinds = ", ".join(Organisation.Kind.values)
        raise InvalidInput(
            "organisation_kind_unknown",
            f"'{kind}' is not a kind of organisation; use one of: {kinds}",
            field="kind",
        )
    if areas.area(area_id) is None:
        raise InvalidInput("area_unknown", f"there is no area {area_id}", field="area_id")
    if parent_id is not None and organisation(parent_id) is None:
        raise InvalidInput("organisation_unknown", f"there is no organisation {parent_id}", field="parent_id")
    with transaction.atomic():
        row, created = Organisation.objects.get_or_create(
            code=code,
            defaults={"name": name, "name_en": name_en, "kind": kind, "area_id": area_id, "parent_id": parent_id},
        )
        if not created:
            raise Conflict("organisation_code_taken", f"code '{code}' is taken", field="code")
        seal_new([row])
        record(
            actor=actor,
            action="organisations.registered",
            object_type="organisation",
            object_id=row.pk,
            data={"code": code, "kind": kind, "area": area_id},
            now=now,
        )
    return OrganisationRow(row.pk, code, name, name_en, kind, area_id, parent_id)
