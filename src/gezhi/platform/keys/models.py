"""Which keys this database was sealed with: their fingerprints, never themselves."""

from __future__ import annotations

from django.db import models


class KeyFingerprint(models.Model):
    """One key, by name. A database that is restored beside other keys is recognised by it."""

    name = models.CharField("名称", max_length=40, primary_key=True)
    fingerprint = models.CharField("指纹", max_length=64)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "密钥指纹"
