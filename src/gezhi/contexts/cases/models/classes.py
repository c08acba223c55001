"""The class table: what a case can be about, under which conditions it is filed, and how long it may take."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ClassScheme(models.Model):
    """One generation of the class table. Codes mean something only together with their scheme."""

    code = models.CharField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=100)
    # Which standard the codes follow (GB/T 30428.2, CJ/T 214, a city's own domains).
    standard = models.CharField("依据标准", max_length=60, blank=True, default="", db_default="")
    in_force = models.BooleanField("现行", default=False)
    # Its time lies ahead, and nobody has taken it back.
    waiting = models.BooleanField("待生效", default=False, db_default=False)
    effective_from = models.DateTimeField("生效时间")
    # What a report gets when nobody could say what it is. The default is that of tables from before it was told.
    fallback_class = models.CharField("兜底类别", max_length=12, default="S0599", db_default="S0599")

    class Meta:
        verbose_name = "分类体系"
        constraints = [
            models.UniqueConstraint(fields=["in_force"], condition=Q(in_force=True), name="cases_one_scheme_in_force")
        ]


class CaseClass(models.Model):
    """A major (``E01``) or minor (``E0113``) class; E events, C components (GB/T 30428.2), S service matters."""

    scheme = models.ForeignKey(ClassScheme, on_delete=models.PROTECT, related_name="classes", verbose_name="分类体系")
    code = models.CharField("代码", max_length=12)
    name = models.CharField("名称", max_length=60)
    name_en = models.CharField("英文名称", max_length=100)
    is_extension = models.BooleanField("地方扩展", default=False)
    active = models.BooleanField("在用", default=True)
    # A thing in the street may be told to whoever stands beside it; what concerns persons, families or homes may not.
    is_public = models.BooleanField("可公开", default=False, db_default=False)
    # Everyday phrases that mean it: see domain/suggest.py.
    words = models.CharField("常用说法", max_length=600, blank=True, default="", db_default="")
    words_en = models.CharField("英文常用说法", max_length=600, blank=True, default="", db_default="")

    class Meta:
        verbose_name = "事件类别"
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="cases_class_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class FilingCondition(models.Model):
    """One condition under which a minor class is filed, with its own time limit (立案条件, 处置时限)."""

    case_class = models.ForeignKey(CaseClass, on_delete=models.CASCADE, related_name="conditions", verbose_name="类别")
    ordinal = models.PositiveSmallIntegerField("序号")
    text = models.CharField("立案条件", max_length=300, blank=True)
    limit = models.CharField("处置时限", max_length=20)
    closing = models.CharField("结案条件", max_length=300, blank=True, default="", db_default="")
    # From the report to the closing; None: the table sets no such limit.
    total_limit = models.CharField("总时限", max_length=20, null=True, blank=True)

    class Meta:
        verbose_name = "立案条件"
        constraints = [models.UniqueConstraint(fields=["case_class", "ordinal"], name="cases_condition_once")]


class HandlingAttribute(models.Model):
    """Something that whoever handles a case of the class has to tell, or may tell (办理要素)."""

    class Kind(models.TextChoices):
        TEXT = "text", "文本"
        NUMBER = "number", "数字"
        CHOICE = "choice", "单选"
        CHOICES = "choices", "多选"
        DATE = "date", "日期"

    case_class = models.ForeignKey(CaseClass, on_delete=models.CASCADE, related_name="attributes", verbose_name="类别")
    ordinal = models.PositiveSmallIntegerField("序号")
    code = models.CharField("要素代码", max_length=24)
    name = models.CharField("名称", max_length=60)
    name_en = models.CharField("英文名称", max_length=100, blank=True)
    kind = models.CharField("类型", max_length=8, choices=Kind.choices)
    required = models.BooleanField("必填", default=False)
    choices = models.JSONField("选项", default=list)

    class Meta:
        verbose_name = "办理要素"
        constraints = [models.UniqueConstraint(fields=["case_class", "code"], name="cases_attribute_once")]
