"""The case: the current fold of its history, kept as a row for lists and locks."""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Q

from gezhi.contexts.cases.domain.states import (
    Appeal,
    CaseStatus,
    Channel,
    Closing,
    Finding,
    LocationQuality,
    Outcome,
    Request,
    Unscored,
    Urgency,
)
from gezhi.contexts.cases.number_end import NumberEnd


def _one_of(name: str, choices: type[StrEnum]) -> models.CharField[str, str]:
    """A column that holds one of some values, or nothing."""
    return models.CharField(
        name, max_length=16, blank=True, default="", db_default="", choices=[(one.value, one.value) for one in choices]
    )


def _area(name: str) -> models.ForeignKey[models.Model | None, models.Model | None]:
    return models.ForeignKey(
        "areas.Area",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        verbose_name=name,
    )


class Case(models.Model):
    """One thing that somebody asked for or noticed, from report to close. Changed through use cases only."""

    number = models.CharField("编号", max_length=24, unique=True)
    version = models.PositiveIntegerField("版本")
    status = models.CharField("状态", max_length=12, choices=[(s.value, s.value) for s in CaseStatus])
    class_code = models.CharField("类别", max_length=12)
    condition = models.PositiveSmallIntegerField("立案条件", null=True, blank=True)
    description = models.TextField("描述", blank=True)
    address = models.CharField("地址", max_length=200, blank=True)

    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    source_datum = models.CharField("原坐标系", max_length=10, null=True, blank=True)
    source_lon = models.FloatField("原经度", null=True, blank=True)
    source_lat = models.FloatField("原纬度", null=True, blank=True)
    location_quality = models.CharField(
        "位置可信度", max_length=10, choices=[(q.value, q.value) for q in LocationQuality]
    )
    city = _area("市")
    district = _area("区县")
    street = _area("街道")
    community = _area("社区")
    grid = _area("网格")

    channel = models.CharField("来源", max_length=10, choices=[(c.value, c.value) for c in Channel])
    urgency = models.CharField("紧急程度", max_length=10, choices=[(u.value, u.value) for u in Urgency])
    suggested_organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name="建议责任单位",
    )
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name="责任单位",
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name="承办人",
    )
    handled_by = models.BigIntegerField("处置人", null=True, blank=True)
    outcome = models.CharField("处置结果", max_length=20, blank=True, choices=[(o.value, o.value) for o in Outcome])
    outcome_note = models.TextField("处置说明", blank=True)
    # What its class asked the handler for, by the code of the attribute.
    facts = models.JSONField("办理要素", null=True, blank=True)
    pauses = models.JSONField("挂账时段", default=list, blank=True)
    return_count = models.PositiveSmallIntegerField("退回次数", default=0)
    rework_count = models.PositiveSmallIntegerField("返工次数", default=0)
    remind_count = models.PositiveSmallIntegerField("催办次数", default=0)
    rating_solved = models.BooleanField("是否解决", null=True, blank=True)
    rating_score = models.PositiveSmallIntegerField("满意度", null=True, blank=True)
    needs_attention = models.BooleanField("需要关注", default=False)
    # What waits for a second person, who asked for it, and how much time where it is time.
    request = _one_of("待审批事项", Request)
    requested_by = models.BigIntegerField("申请人", null=True, blank=True)
    request_limit = models.CharField("申请时限", max_length=12, blank=True, default="", db_default="")
    appeal = _one_of("超时申诉", Appeal)
    closing = _one_of("结案方式", Closing)
    unscored = _one_of("不计考核原因", Unscored)
    verification = _one_of("核实结果", Finding)
    # The report of the same matter with which this one goes; how many go with it.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, db_index=False, verbose_name="并入工单"
    )
    joined_count = models.PositiveSmallIntegerField("并入件数", default=0, db_default=0)
    # The case of which this is a part that another body handles; how many parts there are, and how many of them are open.
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, db_index=False, verbose_name="主办工单"
    )
    part_count = models.PositiveSmallIntegerField("协办件数", default=0, db_default=0)
    open_parts = models.PositiveSmallIntegerField("未办结协办件数", default=0, db_default=0)
    unit_score = models.PositiveSmallIntegerField("对协办单位评分", null=True, blank=True)
    street_score = models.PositiveSmallIntegerField("对街道评分", null=True, blank=True)
    unsolved_count = models.PositiveSmallIntegerField("上报人认为未解决次数", default=0, db_default=0)

    reported_at = models.DateTimeField("上报时间")
    dispatched_at = models.DateTimeField("派遣时间", null=True, blank=True)
    accepted_at = models.DateTimeField("签收时间", null=True, blank=True)
    handled_at = models.DateTimeField("处置完成时间", null=True, blank=True)
    checked_at = models.DateTimeField("核查时间", null=True, blank=True)
    closed_at = models.DateTimeField("结案时间", null=True, blank=True)
    rated_at = models.DateTimeField("评价时间", null=True, blank=True)
    paused_at = models.DateTimeField("挂账时间", null=True, blank=True)
    # On which terms the clock runs (``domain.terms``): fixed at the report, a correction and a reopening.
    clock_start = models.DateTimeField("计时起点", null=True, blank=True)
    handling_start = models.DateTimeField("处置计时起点", null=True, blank=True)
    dispatch_start = models.DateTimeField("派遣计时起点", null=True, blank=True)
    dispatch_limit = models.CharField("派遣时限", max_length=12, blank=True, default="", db_default="")
    handle_limit = models.CharField("处置时限", max_length=12, blank=True, default="", db_default="")
    # None: its class sets no limit from the report to the closing.
    total_limit = models.CharField("总时限", max_length=20, null=True, blank=True)
    check_limit = models.CharField("核查时限", max_length=12, blank=True, default="", db_default="")
    extension = models.CharField("延期", max_length=12, blank=True, default="", db_default="")
    duty_rule_id = models.BigIntegerField("权责条目", null=True, blank=True)
    answer_due = models.DateTimeField("应答截止", null=True, blank=True)
    verify_due = models.DateTimeField("核实截止", null=True, blank=True)
    dispatch_due = models.DateTimeField("派遣截止", null=True, blank=True)
    handle_due = models.DateTimeField("处置截止", null=True, blank=True)
    total_due = models.DateTimeField("总截止", null=True, blank=True)
    check_due = models.DateTimeField("核查截止", null=True, blank=True)
    due_at = models.DateTimeField("当前截止", null=True, blank=True)

    # Not decided by the history: keys by which the case is found again, and the door to the reporter's data.
    follow_digest = models.CharField("查询码散列", max_length=64, null=True, unique=True)
    reporter_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name="上报账号",
    )
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name="登记账号",
    )
    personal_record = models.UUIDField("个人信息记录", null=True, blank=True)
    external_source = models.CharField("外部来源", max_length=40, null=True, blank=True)
    external_id = models.CharField("外部编号", max_length=80, null=True, blank=True)

    class Meta:
        verbose_name = "事件工单"
        constraints = [
            models.UniqueConstraint(fields=["external_source", "external_id"], name="cases_external_once"),
            models.CheckConstraint(condition=Q(status__in=[s.value for s in CaseStatus]), name="cases_status_known"),
            models.CheckConstraint(
                condition=Q(rating_score__isnull=True) | Q(rating_score__gte=1, rating_score__lte=5),
                name="cases_score_range",
            ),
            models.CheckConstraint(
                condition=~Q(status=CaseStatus.CLOSED.value) | Q(closed_at__isnull=False), name="cases_closed_has_time"
            ),
        ]
        # Every list is newest first within a scope, so the scope column leads and the sort follows. The district is the
        # partition key of a large deployment and stands in every hot row.
        indexes = [
            models.Index(fields=["-reported_at", "-id"], name="cases_newest"),
            models.Index(fields=["district", "-reported_at", "-id"], name="cases_district"),
            models.Index(fields=["street", "-reported_at", "-id"], name="cases_street"),
            models.Index(fields=["community", "-reported_at", "-id"], name="cases_community"),
            models.Index(fields=["grid", "-reported_at", "-id"], name="cases_grid"),
            models.Index(fields=["organisation", "-reported_at", "-id"], name="cases_organisation"),
            # Without those that name nobody: they would make a database believe that a person has half of all cases.
            models.Index(
                fields=["assignee", "-reported_at", "-id"], name="cases_assigned", condition=Q(assignee__isnull=False)
            ),
            models.Index(
                fields=["reporter_user", "-reported_at", "-id"],
                name="cases_reporter_user",
                condition=Q(reporter_user__isnull=False),
            ),
            models.Index(fields=["status", "-reported_at", "-id"], name="cases_status"),
            models.Index(
                fields=["due_at"],
                name="cases_open_due",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["registered_by", "-reported_at", "-id"],
                name="cases_registered_by",
                condition=Q(registered_by__isnull=False),
            ),
            models.Index(fields=["lon", "lat"], name="cases_place"),
            models.Index(fields=["closed_at"], name="cases_closed_at"),
            models.Index(fields=["handled_at"], name="cases_handled_at", condition=Q(handled_at__isnull=False)),
            models.Index(fields=["-reported_at", "-id"], name="cases_attention", condition=Q(needs_attention=True)),
            models.Index(fields=["class_code"], name="cases_class"),
            models.Index(NumberEnd("number"), name="cases_number_end"),
            models.Index(fields=["parent"], name="cases_parent", condition=Q(parent__isnull=False)),
            models.Index(fields=["merged_into"], name="cases_merged_into", condition=Q(merged_into__isnull=False)),
            models.Index(fields=["-reported_at", "-id"], name="cases_asked", condition=~Q(request="")),
            # Few are open, however many there are: all that their counts ask for.
            models.Index(
                fields=[
                    "status",
                    "due_at",
                    "district",
                    "street",
                    "community",
                    "grid",
                    "organisation",
                    "assignee",
                    "city",
                ],
                name="cases_open",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["handled_by", "-reported_at", "-id"],
                name="cases_handled_by",
                condition=Q(handled_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class DailySerial(models.Model):
    """How far the serial numbers of a local day have come: counted, or from a value of the sequence on (``numbering``)."""

    day = models.DateField("日期", primary_key=True)
    last = models.PositiveIntegerField("末号", default=0)
    base = models.BigIntegerField("起始序列值", null=True, blank=True)

    class Meta:
        verbose_name = "当日序号"
