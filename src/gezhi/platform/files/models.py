"""Attachments and documents: the row says what, where and when; the bytes lie under the data folder."""

from __future__ import annotations

from django.db import models

from gezhi.kernel.ids import uuid7


class Attachment(models.Model):
    """A re-encoded picture of a matter. Where and when it was taken is used at the upload and kept nowhere: the columns
    for it are empty and go with the next release."""

    class Stage(models.TextChoices):
        BEFORE = "before", "处置前"
        AFTER = "after", "处置后"
        CHECK = "check", "核查"
        ADDED = "added", "补充"

    class Side(models.TextChoices):
        REPORTER = "reporter", "上报方"
        STAFF = "staff", "工作方"

    id = models.UUIDField("标识", primary_key=True, default=uuid7, editable=False)
    subject_type = models.CharField("关联类型", max_length=30)
    subject_id = models.BigIntegerField("关联对象")
    stage = models.CharField("阶段", max_length=10, choices=Stage.choices)
    side = models.CharField("提供方", max_length=10, choices=Side.choices, default=Side.STAFF, db_default=Side.STAFF)
    sha256 = models.CharField("散列", max_length=64)
    content_type = models.CharField("媒体类型", max_length=60)
    size = models.PositiveIntegerField("字节数")
    width = models.PositiveIntegerField("宽")
    height = models.PositiveIntegerField("高")
    taken_at = models.DateTimeField("拍摄时间", null=True, blank=True)
    taken_lon = models.FloatField("拍摄经度", null=True, blank=True)
    taken_lat = models.FloatField("拍摄纬度", null=True, blank=True)
    created_at = models.DateTimeField("上传时间")
    created_by = models.BigIntegerField("上传者", null=True, blank=True)

    class Meta:
        verbose_name = "附件"
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="files_subject")]


class Document(models.Model):
    """A file that somebody sent for a purpose or that the program made for somebody, until ``expires_at``."""

    id = models.UUIDField("标识", primary_key=True, default=uuid7, editable=False)
    subject_type = models.CharField("关联类型", max_length=30)
    subject_id = models.CharField("关联对象", max_length=80)
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("媒体类型", max_length=100)
    size = models.BigIntegerField("字节数")
    personal = models.BooleanField("含个人信息", default=False)
    created_at = models.DateTimeField("时间")
    created_by = models.BigIntegerField("提供者", null=True, blank=True)
    expires_at = models.DateTimeField("到期时间")

    class Meta:
        verbose_name = "文件"
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="files_document_subject"),
            models.Index(fields=["expires_at"], name="files_document_expiry"),
        ]
