"""Why may somebody do something, or not: asked by a person about another, told as far as the asker may know, and on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import Decision, Reason, judged, load, may
from gezhi.platform.audit.record import record


@dataclass(frozen=True, slots=True)
class Question:
    """May ``about`` do ``verb`` to the object named ``reference`` (``KIND:REFERENCE``)?"""

    about: Actor
    verb: str
    reference: str


def explained(asker: Actor, question: Question, *, now: datetime) -> Decision:
    """The decision with its reasons, for this asker; a question about somebody else is put on record.

    Where the asker may not know which private person an object names, the answer is the same whoever that is: the part of that
    person is left out of it. Who may ask is for the caller to say. Raises ``InvalidInput`` (no such verb or kind) and ``NotFound``.
    """
    obj, about = load(question.reference), question.about
    own = about.user_id is not None and about.user_id == asker.user_id
    veil = judged(obj).veiled
    veiled = None if own or veil is None else veil(asker, obj)
    decision = may(about, question.verb, obj if veiled is None else veiled)
    if not own:
        kind, _, rest = question.reference.partition(":")
        with transaction.atomic():
            record(
                actor=asker,
                action="access.explained",
                object_type=kind,
                object_id=rest,
                data={"user": about.user_id, "verb": f"{kind}.{question.verb}"},
                now=now,
            )
    return decision if veiled is None else Decision(decision.allowed, _told(decision.reasons))


def _told(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """The reasons without what they say of a private person, which is said once."""
    told: list[Reason] = []
    for reason in (Reason(one.instead) if one.instead else one for one in reasons):
        if reason not in told:
            told.append(reason)
    return tuple(told)
