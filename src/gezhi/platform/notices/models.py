"""What somebody is told. It holds no personal data: a reference, and words with values."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Notice(models.Model):
    """One thing that one person is told. It goes with the account."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name="账号"
    )
    # Which part of the program speaks, and of what: the name of a kind, and the reference of the object.
    topic = models.CharField("来源", max_length=40)
    kind = models.CharField("对象类别", max_length=20)
    reference = models.CharField("对象编号", max_length=40)
    # `Filled.kept`: said in the language of whoever reads it.
    words = models.JSONField("内容")
    at = models.DateTimeField("时间")
    read_at = models.DateTimeField("知悉时间", null=True, blank=True)

    class Meta:
        verbose_name = "提醒"
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="notices_of_person"),
            models.Index(fields=["person"], name="notices_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=["at"], name="notices_at"),
        ]
