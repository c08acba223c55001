"""Why somebody is told of a case, in words."""

from __future__ import annotations

from datetime import datetime

from gezhi.contexts.escalation.domain.rules import ClockStage, RuleRow, read_moment
from gezhi.kernel.filled import Filled, filled
from gezhi.kernel.time_limits import Limit, LimitKind

# How a deadline stands in these words: local time to the minute.
DUE_AS = "%Y-%m-%d %H:%M"
STAGE: dict[str, Filled] = {
    ClockStage.VERIFY: filled("verification"),
    ClockStage.DISPATCH: filled("dispatch"),
    ClockStage.ANSWER: filled("signing for the part"),
    ClockStage.HANDLE: filled("handling"),
    ClockStage.CHECK: filled("check and closing"),
    ClockStage.TOTAL: filled("the whole case"),
}
_ONE: dict[LimitKind, Filled] = {
    LimitKind.URGENT_HOUR: filled("an hour"),
    LimitKind.WORK_HOUR: filled("a working hour"),
    LimitKind.WORK_DAY: filled("a working day"),
    LimitKind.NATURAL_DAY: filled("a day"),
}


def limit_in_words(limit: Limit) -> Filled:
    """A limit, so that it can be said in another language."""
    if limit.amount == 1:
        return _ONE[limit.kind]
    count = round(limit.amount) if limit.amount == round(limit.amount) else limit.amount
    return {
        LimitKind.URGENT_HOUR: filled("%(count)s hours", count=count),
        LimitKind.WORK_HOUR: filled("%(count)s working hours", count=count),
        LimitKind.WORK_DAY: filled("%(count)s working days", count=count),
        LimitKind.NATURAL_DAY: filled("%(count)s days", count=count),
    }[limit.kind]


def reason(row: RuleRow, due: str) -> Filled:
    """Why a rule speaks of a deadline. ``due``: the deadline as ``DUE_AS`` writes it."""
    moment, stage = read_moment(row.moment), STAGE[row.stage]
    if moment.share is not None:
        share = f"{round(moment.share * 100)}%"
        return filled(
            "%(share)s of the time for %(stage)s is used; it is due %(due)s", share=share, stage=stage, due=due
        )
    if moment.limit is None:
        return filled("The time for %(stage)s is up; it was due %(due)s", stage=stage, due=due)
    limit = limit_in_words(moment.limit)
    if moment.after:
        return filled(
            "%(limit)s after the time for %(stage)s was up; it was due %(due)s", stage=stage, limit=limit, due=due
        )
    return filled("%(limit)s before the time for %(stage)s is up; it is due %(due)s", stage=stage, limit=limit, due=due)


def moment_in_words(row: RuleRow) -> Filled:
    """When a rule speaks, without a case."""
    moment = read_moment(row.moment)
    if moment.share is not None:
        return filled("when %(share)s of the time is used", share=f"{round(moment.share * 100)}%")
    if moment.limit is None:
        return filled("at the deadline")
    limit = limit_in_words(moment.limit)
    if moment.after:
        return filled("%(limit)s after the deadline", limit=limit)
    return filled("%(limit)s before the deadline", limit=limit)


def due_in(words: Filled) -> datetime | None:
    """The deadline that such words name, in the city's local time without a zone; None where they name none."""
    due = words.values.get("due")
    return datetime.strptime(due, DUE_AS) if isinstance(due, str) else None  # noqa: DTZ007 - as it was written
