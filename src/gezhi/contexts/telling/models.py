"""Who wants to be told of which report, and each message with what became of it. Addresses lie in the vault."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Choice(models.Model):
    """What a reporter chose: by which way, of which steps, in which language. ``address``: the record of the vault."""

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name="工单"
    )
    way = models.CharField("方式", max_length=10)
    which = models.CharField("范围", max_length=10)
    language = models.CharField("语言", max_length=10)
    address = models.UUIDField("地址记录")
    # A keyed digest: it tells the same address again, and no address can be made of it.
    address_digest = models.CharField("地址摘要", max_length=64, blank=True, default="")
    # From when on steps are told: of a choice made in place of another, from when that one told them.
    since = models.DateTimeField("告知起始时间", null=True, blank=True)
    created_at = models.DateTimeField("时间")
    ended_at = models.DateTimeField("停止时间", null=True, blank=True)

    class Meta:
        verbose_name = "进展通知选择"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "way"], condition=Q(ended_at__isnull=True), name="telling_one_choice_a_way"
            )
        ]
        indexes = [
            models.Index(fields=["case"], name="telling_of_case"),
            models.Index(fields=["address_digest"], name="telling_of_address", condition=Q(ended_at__isnull=True)),
        ]


class Stopped(models.Model):
    """An address to which nobody wants to be written any more, as a keyed digest."""

    digest = models.CharField("地址摘要", max_length=64, unique=True)
    at = models.DateTimeField("时间", db_index=True)

    class Meta:
        verbose_name = "停止告知的地址"


class Delivery(models.Model):
    """One message of one step: once, whatever happens. It holds neither the address nor the words."""

    choice = models.ForeignKey(
        Choice, on_delete=models.PROTECT, related_name="deliveries", db_index=False, verbose_name="选择"
    )
    event_id = models.BigIntegerField("事件")
    action = models.CharField("环节", max_length=20)
    at = models.DateTimeField("时间")
    state = models.CharField("状态", max_length=10)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    next_at = models.DateTimeField("下次发送", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    fault = models.CharField("原因", max_length=20, blank=True)

    class Meta:
        verbose_name = "进展通知"
        constraints = [models.UniqueConstraint(fields=["choice", "event_id"], name="telling_once_a_step")]
        indexes = [
            models.Index(fields=["next_at"], name="telling_next", condition=Q(next_at__isnull=False)),
            models.Index(fields=["state", "-at"], name="telling_state"),
            models.Index(fields=["at"], name="telling_at"),
        ]


class Follower(models.Model):
    """Up to which event of the outbox the steps were looked at: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    event_id = models.BigIntegerField("已处理至", default=0)

    class Meta:
        verbose_name = "通知进度"
