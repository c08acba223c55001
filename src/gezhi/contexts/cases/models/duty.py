"""Who is in charge: the versioned duty table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q

# Columns that came later: what a row does not say is None in the table, and an empty text everywhere else.
_CAME_LATER = ("months", "hours", "together")


def as_texts(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row as the rules know them."""
    return {**row, **{name: row[name] or "" for name in _CAME_LATER}}


def as_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """The same the other way."""
    return {**row, **{name: row[name] or None for name in _CAME_LATER}}


class DutyTable(models.Model):
    """One version of the duty table 权责清单. At most one is in force; old cases keep the routing they were given."""

    number = models.PositiveIntegerField("版本号", unique=True)
    name = models.CharField("名称", max_length=100)
    in_force = models.BooleanField("现行", default=False)
    # Its time lies ahead, and nobody has taken it back.
    waiting = models.BooleanField("待生效", default=False, db_default=False)
    effective_from = models.DateTimeField("生效时间")

    class Meta:
        verbose_name = "权责清单版本"
        constraints = [
            models.UniqueConstraint(
                fields=["in_force"], condition=Q(in_force=True), name="cases_one_duty_table_in_force"
            )
        ]


class DutyRule(models.Model):
    """One row: matters of this class, in this area, are settled by this body within these limits."""

    table = models.ForeignKey(DutyTable, on_delete=models.PROTECT, related_name="rules", verbose_name="版本")
    class_prefix = models.CharField("类别前缀", max_length=12, blank=True)
    area = models.ForeignKey(
        "areas.Area", on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="适用区域"
    )
    # The ordinal of a filing condition of its class; empty: whatever it was filed under.
    condition = models.PositiveSmallIntegerField("立案条件序号", null=True, blank=True)
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="责任单位",
    )
    organisation_kind = models.CharField("责任单位类别", max_length=24, blank=True)
    organisation_level = models.CharField("责任单位层级", max_length=10, blank=True)
    dispatch_limit = models.CharField("派遣时限", max_length=20)
    handle_limit = models.CharField("处置时限", max_length=20, blank=True)
    check_limit = models.CharField("核查时限", max_length=20)
    note = models.CharField("说明", max_length=200, blank=True)
    # When it holds (``domain.duty_time``); None: always.
    months = models.CharField("适用月份", max_length=40, null=True, blank=True)
    hours = models.CharField("适用时段", max_length=40, null=True, blank=True)
    # Who is called in along with the body in charge (``domain.routing.together_in``); None: nobody.
    together = models.CharField("协办单位", max_length=200, null=True, blank=True)

    class Meta:
        verbose_name = "权责条目"
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | ~Q(organisation_kind=""), name="cases_duty_names_a_body"
            )
        ]
