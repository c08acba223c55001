"""A power at a street: the fold of its history, which is append-only and chained."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from gezhi.contexts.powers.domain.states import PowerStatus
from gezhi.contexts.powers.models.power import Power
from gezhi.platform.steps.models import StepRow, hashed


def _area(name: str) -> models.ForeignKey[models.Model | None, models.Model | None]:
    return models.ForeignKey(
        "areas.Area", on_delete=models.PROTECT, related_name="+", db_index=False, null=True, verbose_name=name
    )


class Holding(models.Model):
    """One item of the register at one street. Changed through use cases only.

    It lies there from ``valid_from`` up to, and not at, ``valid_to``. ``asked_by``: who asked for what the city has yet to decide.
    """

    number = models.CharField("编号", max_length=40, unique=True)
    version = models.PositiveIntegerField("版本", default=1)
    status = models.CharField("状态", max_length=12, choices=[(s.value, s.value) for s in PowerStatus])
    power = models.ForeignKey(Power, on_delete=models.PROTECT, related_name="holdings", verbose_name="赋权事项")
    city = _area("市")
    district = _area("区县")
    street = _area("街道")
    valid_from = models.DateTimeField("承接时间", null=True, blank=True)
    valid_to = models.DateTimeField("终止时间", null=True, blank=True)
    basis = models.CharField("承接依据", max_length=300, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        verbose_name="申请人",
    )
    changed_at = models.DateTimeField("变更时间")

    class Meta:
        verbose_name = "街道赋权"
        constraints = [
            models.UniqueConstraint(fields=["street", "power"], name="powers_once_a_street"),
            models.CheckConstraint(condition=Q(status__in=[s.value for s in PowerStatus]), name="powers_status_known"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="powers_span",
            ),
        ]
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="powers_changed"),
            models.Index(fields=["city", "-changed_at", "-id"], name="powers_city"),
            models.Index(fields=["district", "-changed_at", "-id"], name="powers_district"),
            models.Index(fields=["street", "-changed_at", "-id"], name="powers_street"),
        ]

    def __str__(self) -> str:
        return self.number


class HoldingStep(StepRow):
    """One step of a power at a street."""

    holding = models.ForeignKey(
        Holding, on_delete=models.PROTECT, related_name="steps", db_index=False, verbose_name="街道赋权"
    )

    HASHED = hashed("holding_id")

    class Meta:
        verbose_name = "街道赋权历史"
        constraints = [
            models.UniqueConstraint(fields=["holding", "version"], name="powers_step_version"),
            models.UniqueConstraint(fields=["chain", "seq"], name="powers_step_chain_seq"),
        ]
        indexes = [models.Index(fields=["action", "at"], name="powers_step_at")]
