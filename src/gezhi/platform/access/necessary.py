"""What nobody may take away from an instance: the last hands that hold one of its three administrations."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from gezhi.kernel.errors import Conflict
from gezhi.kernel.filled import filled
from gezhi.kernel.roles import SEPARATE_ADMINS
from gezhi.platform.access.models import Grant
from gezhi.platform.access.separation import can_sign_in
from gezhi.platform.access.territory import lineage_of


def lasting_holders(role: str, *, besides: Collection[int] = ()) -> int:
    """How many accounts hold a role in the whole city without an end, other than by the grants ``besides``.

    Only an account whose owner can sign in counts: an invitation that nobody used is no hand. One query.
    """
    held = Grant.objects.filter(
        can_sign_in("user__"), role=role, area_id__in=lineage_of(None), valid_to__isnull=True
    ).exclude(pk__in=besides)
    return held.values("user_id").distinct().count()


def require_others(grants: Collection[Grant], *, now: datetime) -> None:
    """Raise ``Conflict`` (``last_holder``) where one of the three administrations would be left without anybody by the end of
    these grants. Call inside the transaction that ends them."""
    whole_city = lineage_of(None)
    ending = [grant.pk for grant in grants]
    for grant in grants:
        lasts = grant.valid_to is None or grant.valid_to > now
        if grant.role in SEPARATE_ADMINS and grant.area_id in whole_city and lasts:
            # Two administrators who end each other at once: the second waits for the first.
            list(Grant.objects.select_for_update().filter(role=grant.role, valid_to__isnull=True).values_list("pk"))
            if not lasting_holders(grant.role, besides=ending):
                raise Conflict(
                    "last_holder",
                    filled("nobody else holds %(role)s for the whole city without an end", role=grant.role),
                    field="role",
                )
