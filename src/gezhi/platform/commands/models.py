"""Commands seen: a phone that retries gets the first answer again, not a second case."""

from __future__ import annotations

from django.db import models


class CommandKey(models.Model):
    """An idempotency key, what was asked under it, and what came of it."""

    scope = models.CharField("范围", max_length=80)
    key = models.CharField("幂等键", max_length=80)
    fingerprint = models.CharField("请求指纹", max_length=64)
    result = models.JSONField("结果")
    created_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "幂等键"
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="commands_key_once")]
        indexes = [models.Index(fields=["created_at"], name="commands_created")]
