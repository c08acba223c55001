"""Grants: who holds which role in which area, on behalf of which organisation, from when to when."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from gezhi.kernel.roles import Role


def for_body(organisation_id: int | None) -> Q:
    """What is held or asked for on behalf of this body; None: of none."""
    return Q(organisation__isnull=True) if organisation_id is None else Q(organisation_id=organisation_id)


class GrantRows(models.QuerySet["Grant"]):
    """Grants, by the moment."""

    def not_ended(self, now: datetime) -> GrantRows:
        """Those that hold at ``now`` or later."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now))

    def in_force(self, now: datetime) -> GrantRows:
        """Those that hold at ``now``."""
        return self.not_ended(now).filter(valid_from__lte=now)


class Grant(models.Model):
    """Role × area (× organisation) for a half-open span of time. Ended, never deleted."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grants", verbose_name="账号"
    )
    role = models.CharField("角色", max_length=20, choices=[(role.value, role.value) for role in Role])
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="+", verbose_name="区域")
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="所属机构",
    )
    valid_from = models.DateTimeField("生效时间")
    valid_to = models.DateTimeField("失效时间", null=True, blank=True)

    objects = GrantRows.as_manager()

    class Meta:
        verbose_name = "授权"
        constraints = [
            # Two constraints, since NULLs are distinct in a unique index of SQLite.
            models.UniqueConstraint(
                fields=["user", "role", "area"],
                condition=Q(valid_to__isnull=True, organisation__isnull=True),
                name="access_grant_once",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "area", "organisation"],
                condition=Q(valid_to__isnull=True, organisation__isnull=False),
                name="access_grant_once_per_org",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=models.F("valid_from")), name="access_grant_span"
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.DEPARTMENT_OFFICER.value) | Q(organisation__isnull=False),
                name="access_officer_has_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.area_id}"


class AskedRole(models.Model):
    """A role that somebody is to have: asked for by whoever opens accounts, decided by whoever grants roles."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="asked_roles", verbose_name="账号"
    )
    role = models.CharField("角色", max_length=20, choices=[(role.value, role.value) for role in Role])
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="+", verbose_name="区域")
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="所属机构",
    )
    until = models.DateTimeField("授权截止", null=True, blank=True)
    asked_at = models.DateTimeField("申请时间")
    asked_by = models.BigIntegerField("申请人", null=True, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    granted = models.BooleanField("已授权", default=False)

    class Meta:
        verbose_name = "待授权角色"
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(decided_at__isnull=True), name="access_asked_open"),
        ]


class ApiToken(models.Model):
    """A bearer token of a system that acts for an account. Only its hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="账号")
    name = models.CharField("用途", max_length=100)
    digest = models.CharField("散列", max_length=64, unique=True)
    created_at = models.DateTimeField("创建时间")
    expires_at = models.DateTimeField("到期时间")
    revoked_at = models.DateTimeField("吊销时间", null=True, blank=True)

    class Meta:
        verbose_name = "接口令牌"
