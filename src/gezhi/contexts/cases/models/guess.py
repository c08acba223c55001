"""What the class guess has learnt, as versions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class LearnedGuess(models.Model):
    """One night's learning 类别判别学习版本: from how many cases, how right it is on those held back, and whether it is used.

    The shares are of held-back cases whose class is the first suggestion, or among the first three; ``before_…`` those of what
    was used until then, on the same cases.
    """

    learned_at = models.DateTimeField("学习时间")
    scheme_code = models.CharField("分类体系", max_length=40)
    in_force = models.BooleanField("现行", default=False)
    cases = models.PositiveIntegerField("学习工单数")
    held = models.PositiveIntegerField("留作检验的工单数")
    first = models.FloatField("首选正确率")
    three = models.FloatField("前三正确率")
    before_first = models.FloatField("原首选正确率")
    before_three = models.FloatField("原前三正确率")
    # In one order with each row's weights.
    classes = models.JSONField("类别")
    bias = models.JSONField("偏置")
    slope = models.FloatField("温度")
    stretch = models.FloatField("伸缩")
    shift = models.FloatField("平移")

    class Meta:
        verbose_name = "类别判别学习版本"
        constraints = [
            models.UniqueConstraint(fields=["in_force"], condition=Q(in_force=True), name="cases_one_guess_in_force")
        ]


class GuessTerm(models.Model):
    """A term 判别词 that confirmed cases of a class in five grids have: its idf, and a float32 for each class."""

    guess = models.ForeignKey(LearnedGuess, on_delete=models.CASCADE, related_name="terms", verbose_name="学习版本")
    term = models.CharField("词", max_length=40)
    idf = models.FloatField("逆文档频率")
    weights = models.BinaryField("权重")

    class Meta:
        verbose_name = "判别词"
        constraints = [models.UniqueConstraint(fields=["guess", "term"], name="cases_guess_term_once")]
