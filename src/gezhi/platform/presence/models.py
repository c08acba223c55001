"""Who has something open now. No history: a row says until when it holds, is overwritten, and goes."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Presence(models.Model):
    """A person who has a thing open."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="人员"
    )
    # The model of the thing, as `app.model`, and its key.
    subject_type = models.CharField("对象类型", max_length=60)
    subject_id = models.BigIntegerField("对象")
    # A form is open: something is being written.
    writing = models.BooleanField("正在填写", default=False)
    until = models.DateTimeField("有效至")

    class Meta:
        verbose_name = "同时查看"
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "person"], name="presence_one_a_person")
        ]
        indexes = [models.Index(fields=["until"], name="presence_until")]
