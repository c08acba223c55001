"""The account of a person who signs in. Residents need none."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.hashers import get_hasher, identify_hasher
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models, transaction
from django.db.models import Q

from gezhi.platform.audit.evidence import seal_changes


def _kept_in_an_older_way(encoded: str) -> bool:
    """Whether Django keeps this password anew once it has seen that it is right."""
    preferred = get_hasher()
    try:
        hasher = identify_hasher(encoded)
    except ValueError:
        # No usable password: nothing will ever match it.
        return False
    return hasher.algorithm != preferred.algorithm or preferred.must_update(encoded)


class User(AbstractUser):
    """A signed-in person. What the person may do is in ``access.Grant``, never in flags of this table."""

    display_name = models.CharField("姓名", max_length=60, blank=True)
    phone = models.CharField("工作电话", max_length=20, blank=True)
    # When the account was ended; empty while it is open.
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = "账号"

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password. One that is kept in an older way is kept anew, and the account sealed anew."""
        if not _kept_in_an_older_way(self.password):
            return super().check_password(raw_password)
        with transaction.atomic(), seal_changes(User.objects.filter(pk=self.pk)):
            return super().check_password(raw_password)

    def __str__(self) -> str:
        return self.display_name or self.username


class Session(AbstractBaseSession):
    """A browser that somebody uses, and the account that signed in with it; none before."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", null=True, verbose_name="账号"
    )

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "会话"
        verbose_name_plural = "会话"

    @classmethod
    def get_session_store_class(cls) -> type:
        """What reads and writes them."""
        from gezhi.platform.access.sessions import SessionStore

        return SessionStore


class AskedLink(models.Model):
    """A new link 新链接申请 for an account in use: asked for by whoever opens accounts, decided by whoever grants roles.
    ``used_at``: when the link was made."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="账号")
    asked_at = models.DateTimeField("申请时间")
    asked_by = models.BigIntegerField("申请人", null=True, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    granted = models.BooleanField("已同意", default=False)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = "新链接申请"
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(decided_at__isnull=True), name="accounts_one_link_asked"
            ),
        ]


class Invitation(models.Model):
    """A way into an account that works once: whoever has its link chooses the password. Only its hash is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations", verbose_name="账号"
    )
    digest = models.CharField("散列", max_length=64, unique=True)
    made_at = models.DateTimeField("发出时间")
    expires_at = models.DateTimeField("到期时间")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("作废时间", null=True, blank=True)

    class Meta:
        verbose_name = "邀请"
