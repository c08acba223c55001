"""What of the powers context is under seal: the catalogue, and what is fixed for good when a power is entered at a street."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from gezhi.contexts.powers.models import Holding, HoldingStep, Power
from gezhi.platform.audit.evidence import under_seal

# Columns that the history does not fold. A test holds that every column is in one of the two.
UNFOLDED = ("number",)


def _without_digest() -> QuerySet[Holding]:
    sealed = HoldingStep.objects.filter(holding=OuterRef("pk")).exclude(evidence="")
    return Holding.objects.filter(~Exists(sealed))


# Its seals were given while it was a table of the cases context, and hold.
under_seal(Power, called="cases.Power")
ENTERED = under_seal(Holding, only=UNFOLDED, carried=True, waiting=_without_digest)
