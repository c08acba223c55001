"""Register many organisations at once: an import or a founding. A system administrator does this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from gezhi.contexts.organisations.models import Organisation
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.audit.record import record

_BATCH = 500


@dataclass(frozen=True)
class NewOrganisation:
    """An organisation to register. ``parent_code`` is on record already or earlier in the list."""

    code: str
    name: str
    kind: str
    area_id: int
    name_en: str = ""
    parent_code: str | None = None


def register_organisations(*, actor: Actor, organisations: Sequence[NewOrganisation], now: datetime) -> dict[str, int]:
    """Add all organisations or none and return their ids by code; one audit record.

    Raises ``NotAllowed`` unless the actor is a system administrator, ``InvalidInput`` for an unknown kind or parent,
    ``Conflict`` when a code is taken or occurs twice.
    """
    require_in(actor, "register_organisations", [item.area_id for item in organisations])
    with transaction.atomic():
        wanted = {item.parent_code for item in organisations if item.parent_code}
        ids = dict(Organisation.objects.filter(code__in=wanted).values_list("code", "pk"))
        waiting = list(organisations)
        while waiting:
            ready = [item for item in waiting if item.parent_code is None or item.parent_code in ids]
            if not ready:
                raise InvalidInput(
                    "organisation_unknown", f"there is no organisation '{waiting[0].parent_code}'", field="parent_code"
                )
            waiting = [item for item in waiting if item not in set(ready)]
            ids.update(_insert(ready, ids))
        record(
            actor=actor,
            action="organisations.registered",
            object_type="organisation",
            object_id="",
            data={"count": len(organisations)},
            now=now,
        )
    return {item.code: ids[item.code] for item in organisations}


def _insert(items: Sequence[NewOrganisation], ids: dict[str, int]) -> dict[str, int]:
    for item in items:
        if item.kind not in Organisation.Kind.values:
            raise InvalidInput(
                "organisation_kind_unknown", f"'{item.kind}' is not a kind of organisation", field="kind"
            )
    rows = [
        Organisation(
            code=item.code,
            name=item.name,
            name_en=item.name_en,
            kind=item.kind,
            area_id=item.area_id,
            parent_id=ids[item.parent_code] if item.parent_code else None,
        )
        for item in items
    ]
    try:
        with transaction.atomic():
            made = Organisation.objects.bulk_create(rows, batch_size=_BATCH)
    except IntegrityError as error:
        raise Conflict("organisation_code_taken", "one of the codes is taken or occurs twice", field="code") from error
    seal_new(made)
    return {row.code: row.pk for row in made}
