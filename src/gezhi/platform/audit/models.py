"""Append-only, hash-chained tables and the record of every change outside a case's own history."""

from __future__ import annotations

from django.db import models


class ChainHead(models.Model):
    """Where a chain ends: the lock that orders its writers and the witness that its tail was not cut off."""

    name = models.CharField("链名", max_length=60, unique=True)
    seq = models.BigIntegerField("末行序号", default=0)
    hash = models.CharField("末行散列", max_length=64, blank=True)
    # See ``heads.seal_of``; empty until `gezhi init` has put the chain under seal.
    seal = models.CharField("封印", max_length=200, blank=True, default="", db_default="")

    class Meta:
        verbose_name = "审计链尾"


class ChainedRow(models.Model):
    """A row that carries the keyed hash of itself and of the row before it in its chain."""

    chain = models.CharField("链名", max_length=60)
    seq = models.BigIntegerField("链内序号")
    prev_hash = models.CharField("上行散列", max_length=64, blank=True)
    hash = models.CharField("本行散列", max_length=64)

    # Columns that the hash covers, in order; a subclass names every column of its own but the key.
    HASHED: tuple[str, ...] = ()
    # Columns that joined a table that had rows already: covered in each row that fills them.
    HASHED_IF_SET: tuple[str, ...] = ()

    class Meta:
        abstract = True


class AuditRecord(ChainedRow):
    """Who changed what, when, in which capacity. One row for every change of state outside cases."""

    at = models.DateTimeField("时间")
    actor_id = models.BigIntegerField("操作者", null=True, blank=True)
    actor_label = models.CharField("操作者名称", max_length=100)
    action = models.CharField("操作", max_length=60)
    object_type = models.CharField("对象类型", max_length=60)
    object_id = models.CharField("对象", max_length=60)
    data = models.JSONField("内容", default=dict)

    HASHED = ("at", "actor_id", "actor_label", "action", "object_type", "object_id", "data")

    class Meta:
        verbose_name = "审计记录"
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="audit_record_chain_seq")]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_record_object"),
            models.Index(fields=["at"], name="audit_record_at"),
        ]


class Seal(ChainedRow):
    """What a row of a table that changes looked like after the program last wrote it: the digest of its columns.

    ``kind`` is the table's model, ``key`` the row's primary key; an empty digest says that the row was taken away.
    """

    kind = models.CharField("表", max_length=60)
    key = models.CharField("主键", max_length=60)
    digest = models.CharField("内容散列", max_length=64, blank=True)

    HASHED = ("kind", "key", "digest")

    class Meta:
        verbose_name = "数据封印"
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="audit_seal_chain_seq")]
        indexes = [models.Index(fields=["kind", "key"], name="audit_seal_kind_key")]
