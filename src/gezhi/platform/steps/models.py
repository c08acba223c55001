"""The history of a kind: append-only, chained, the truth of which the row is a copy."""

from __future__ import annotations

from django.db import models

from gezhi.platform.audit.models import ChainedRow


class StepRow(ChainedRow):
    """One step: who did what, in which capacity, when, from which status to which, and which columns it changed.

    A kind's own history adds the foreign key to its object, the choices and the constraints, and sets ``HASHED`` to
    ``hashed(<foreign key>)``.
    """

    version = models.PositiveIntegerField("版本")
    at = models.DateTimeField("时间")
    actor_id = models.BigIntegerField("操作者", null=True, blank=True)
    actor_label = models.CharField("操作者名称", max_length=100)
    actor_role = models.CharField("操作身份", max_length=20)
    action = models.CharField("操作", max_length=24)
    from_status = models.CharField("原状态", max_length=12, blank=True)
    to_status = models.CharField("新状态", max_length=12)
    note = models.TextField("说明", blank=True)
    changes = models.JSONField("变更", default=dict)
    # The digest of the object's columns that no history folds, in the row that fixes them.
    evidence = models.CharField("固定内容散列", max_length=64, blank=True, default="", db_default="")

    HASHED_IF_SET = ("evidence",)

    class Meta:
        abstract = True


def hashed(subject: str) -> tuple[str, ...]:
    """The columns that the hash of a history row covers; ``subject`` is the column of its object's key."""
    return (
        subject,
        "version",
        "at",
        "actor_id",
        "actor_label",
        "actor_role",
        "action",
        "from_status",
        "to_status",
        "note",
        "changes",
    )
