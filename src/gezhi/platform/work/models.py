"""Runs of background work. The row is the queue, the progress and the result."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from gezhi.kernel.ids import uuid7


class WorkState(models.TextChoices):
    """The life of a run. It ends done, failed or stopped; a run whose worker ended may wait again."""

    QUEUED = "queued", "等待中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"
    STOPPED = "stopped", "已停止"


ENDED = (WorkState.DONE, WorkState.FAILED, WorkState.STOPPED)


class WorkRun(models.Model):
    """One run of a kind of work. ``within`` names the area and all above it (``,1,5,``), to be searched by administrators."""

    id = models.UUIDField("标识", primary_key=True, default=uuid7, editable=False)
    kind = models.CharField("种类", max_length=40)
    area = models.ForeignKey(
        "areas.Area", on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="区域"
    )
    within = models.CharField("所属区域", max_length=120, default=",")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="发起人"
    )
    starter_label = models.CharField("发起人名称", max_length=150)
    # The language of the file that it makes.
    language = models.CharField("语言", max_length=10)
    given = models.JSONField("输入", default=dict)
    # What tells one run from another, for whoever started it: names of files, the filters of a list.
    subject = models.CharField("事项", max_length=200, blank=True, default="", db_default="")
    state = models.CharField("状态", max_length=10, choices=WorkState.choices, default=WorkState.QUEUED)
    asked_at = models.DateTimeField("提交时间")
    begun_at = models.DateTimeField("开始时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    stop_asked_at = models.DateTimeField("请求停止时间", null=True, blank=True)
    expires_at = models.DateTimeField("到期时间")
    # Who does it: a name for people, the number of the taking, and the last sign of life.
    worker = models.CharField("工作进程", max_length=80, default="", blank=True)
    attempt = models.PositiveIntegerField("第几次执行", default=0)
    beat_at = models.DateTimeField("最近活动时间", null=True, blank=True)
    done = models.BigIntegerField("已处理", default=0)
    total = models.BigIntegerField("总数", null=True, blank=True)
    # A message id of the catalogue.
    words = models.CharField("进度说明", max_length=200, default="", blank=True)
    result = models.JSONField("结果", default=dict, blank=True)
    failure_code = models.CharField("失败代码", max_length=60, default="", blank=True)
    failure_words = models.CharField("失败说明", max_length=500, default="", blank=True)
    # Texts of the result and of the failure → their words and values (`Filled.kept`), to be said in the reader's language.
    said = models.JSONField("可译文字", null=True, blank=True)
    # Under this the log has what happened; empty where the words say all.
    failure_id = models.CharField("日志编号", max_length=20, default="", blank=True)

    class Meta:
        verbose_name = "后台任务"
        indexes = [
            models.Index(fields=["state", "asked_at"], name="work_queue"),
            models.Index(fields=["started_by", "-asked_at"], name="work_starter"),
            models.Index(fields=["expires_at"], name="work_expiry"),
        ]

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ENDED
