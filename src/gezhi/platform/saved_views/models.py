"""What is kept of a saved view: the address of its filters, and for whom. No count, no case, nobody's name."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gezhi.kernel.roles import Role


class SavedView(models.Model):
    """A list's filters under a name. It goes with the account that saved it."""

    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="保存人"
    )
    # `ListTool.name`.
    list_name = models.CharField("列表", max_length=60)
    name = models.CharField("名称", max_length=40)
    # As `ListTool.query_of` writes it.
    query = models.CharField("筛选条件", max_length=2000)
    # The office that shares it: whoever holds this role in this area (for this body). All empty: the saver alone.
    role = models.CharField("岗位", max_length=20, blank=True, choices=[(role.value, role.value) for role in Role])
    area = models.ForeignKey(
        "areas.Area", on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="区域"
    )
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="机构",
    )
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = "常用筛选"
        constraints = [
            models.UniqueConstraint(fields=["saved_by", "list_name", "name"], name="saved_views_name_once"),
            models.CheckConstraint(
                condition=Q(role="", area__isnull=True, organisation__isnull=True)
                | (~Q(role="") & Q(area__isnull=False)),
                name="saved_views_whole_office",
            ),
        ]
        indexes = [models.Index(fields=["list_name", "area", "role"], name="saved_views_of_office")]

    def __str__(self) -> str:
        return f"{self.list_name} {self.pk}"
