"""The account of a person who signs in. Residents need none."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A signed-in person. What the person may do is in ``access.Grant``, never in flags of this table."""

    display_name = models.CharField("姓名", max_length=60, blank=True)
    phone = models.CharField("工作电话", max_length=20, blank=True)

    class Meta:
        verbose_name = "账号"

    def __str__(self) -> str:
        return self.display_name or self.username
