"""Personal data, apart from everything else: encrypted, with a purpose, an end, and a log of each look."""

from __future__ import annotations

from django.db import models

from gezhi.kernel.ids import uuid7


class PersonalRecord(models.Model):
    """What one person told us for one purpose. The columns say why and until when; the content is sealed."""

    id = models.UUIDField("标识", primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField("目的", max_length=60)
    subject_type = models.CharField("关联类型", max_length=30)
    subject_id = models.CharField("关联对象", max_length=40)
    sealed = models.BinaryField("密文", null=True)
    key_version = models.PositiveSmallIntegerField("密钥版本", default=1)
    created_at = models.DateTimeField("创建时间")
    expires_at = models.DateTimeField("到期时间")
    erased_at = models.DateTimeField("删除时间", null=True, blank=True)
    # The keyed digest of the telephone number in it (``numbers.digest_of``), empty where there is none; None: not worked out yet.
    number_digest = models.CharField("号码散列", max_length=64, null=True, blank=True)
    # The keyed digest of all other columns.
    mac = models.CharField("内容散列", max_length=64, blank=True, default="", db_default="")

    class Meta:
        verbose_name = "个人信息"
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="vault_subject"),
            models.Index(fields=["expires_at"], name="vault_expiry"),
            models.Index(fields=["number_digest"], name="vault_number"),
        ]


class PersonalDataAccess(models.Model):
    """One look at (or erasure of) a personal record: who, when, why."""

    record = models.ForeignKey(
        PersonalRecord, on_delete=models.PROTECT, related_name="accesses", verbose_name="个人信息"
    )
    at = models.DateTimeField("时间")
    actor_id = models.BigIntegerField("查看者", null=True, blank=True)
    actor_label = models.CharField("查看者名称", max_length=100)
    action = models.CharField("操作", max_length=20)
    reason = models.CharField("理由", max_length=200)

    class Meta:
        verbose_name = "个人信息访问记录"
        indexes = [models.Index(fields=["record", "at"], name="vault_access_record")]
