"""Which deadlines are watched, when each is next spoken of, and what was said of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Watch(models.Model):
    """One open case with a deadline that runs, and the instant at which a rule next speaks of it (None: none does any more)."""

    case = models.OneToOneField(
        "cases.Case", on_delete=models.CASCADE, primary_key=True, related_name="+", verbose_name="工单"
    )
    due_at = models.DateTimeField("截止时间")
    fire_at = models.DateTimeField("下次督办时间", null=True, blank=True)

    class Meta:
        verbose_name = "督办时点"
        # What falls due is found here, however many cases there are.
        indexes = [
            models.Index(fields=["fire_at"], name="escalation_next", condition=Q(fire_at__isnull=False)),
        ]


class Firing(models.Model):
    """A rule that spoke of a deadline: once, whatever happens. ``overtaken``: a later one to the same people stood in for it."""

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name="工单"
    )
    due_at = models.DateTimeField("截止时间")
    # What the rule says (``RuleRow.key``): the same in each version that says it.
    rule_key = models.CharField("规则散列", max_length=32)
    rule = models.ForeignKey(
        "escalation.EscalationRule", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name="规则"
    )
    at = models.DateTimeField("时间")
    # The version of the case that the step which tells of it made; None: it left no step.
    version = models.PositiveIntegerField("工单版本", null=True, blank=True)
    people = models.PositiveIntegerField("告知人数", default=0)
    overtaken = models.BooleanField("已被后者取代", default=False)

    class Meta:
        verbose_name = "督办记录"
        constraints = [models.UniqueConstraint(fields=["case", "due_at", "rule_key"], name="escalation_fires_once")]


class Follower(models.Model):
    """How far the watching has come: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # Up to which event of the outbox.
    event_id = models.BigIntegerField("已处理至", default=0)
    # For which rules and calendar all cases were looked at; while that goes on, up to which deadline and case.
    made_for = models.CharField("所依版本", max_length=40, blank=True)
    making_for = models.CharField("正在依据的版本", max_length=40, blank=True)
    seen_due = models.DateTimeField("已看至截止时间", null=True, blank=True)
    seen_case = models.BigIntegerField("已看至工单", default=0)

    class Meta:
        verbose_name = "督办进度"
