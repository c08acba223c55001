"""Add pictures to a case that the caller has locked: the rule, the room, the rows, the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gezhi.contexts.cases.domain.photos import MAX_PICTURES, PhotoRule
from gezhi.contexts.cases.domain.states import CaseStatus, Stage
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.policy import decide_photo
from gezhi.kernel.errors import Conflict, NotAllowed
from gezhi.platform.access.actor import Actor
from gezhi.platform.audit.record import record
from gezhi.platform.files.images import Picture
from gezhi.platform.files.models import Attachment
from gezhi.platform.files.store import attach, hash_of

SUBJECT = "case"


def require_rule(case: Case, *, actor: Actor, stage: Stage, status: CaseStatus) -> PhotoRule:
    """The rule by which the actor may add pictures of a stage now.

    Raises ``NotAllowed`` (``photo_not_yours``), ``Conflict`` (``photo_wrong_state``).
    """
    decision, rule = decide_photo(actor, stage, case)
    if rule is None:
        raise NotAllowed("photo_not_yours", str(decision.reasons[-1]), field="photo")
    if status not in rule.statuses:
        raise Conflict("photo_wrong_state", f"a case that is '{status}' takes no picture '{stage}'", field="photo")
    return rule


def add_pictures(
    case: Case, *, actor: Actor, pictures: Sequence[Picture], stage: Stage, status: CaseStatus, now: datetime
) -> list[Attachment]:
    """Attach pictures of a stage; ``status`` is where the case stood when they were sent. Files must be ``kept``.

    A picture that the same side has attached at this stage already is not attached again, so what is sent twice is there
    once. Raises ``NotAllowed`` (``photo_not_yours``), ``Conflict`` (``photo_wrong_state``, ``too_many_photos``).
    """
    rule = require_rule(case, actor=actor, stage=stage, status=status)
    there = Attachment.objects.filter(subject_type=SUBJECT, subject_id=case.pk, stage=stage.value, side=rule.side.value)
    known = {row.sha256: row for row in there}
    fresh = list({hash_of(picture): picture for picture in pictures if hash_of(picture) not in known}.values())
    if len(known) + len(fresh) > MAX_PICTURES:
        raise Conflict("too_many_photos", f"at most {MAX_PICTURES} photos of a stage and a side", field="photo")
    for picture in fresh:
        row = attach(
            actor=actor,
            picture=picture,
            subject_type=SUBJECT,
            subject_id=case.pk,
            stage=Attachment.Stage(stage.value),
            side=Attachment.Side(rule.side.value),
            now=now,
        )
        known[row.sha256] = row
        record(
            actor=actor,
            action="cases.photo_attached",
            object_type="case",
            object_id=case.number,
            data={"photo": str(row.id), "stage": row.stage, "sha256": row.sha256},
            now=now,
        )
    return [known[hash_of(picture)] for picture in pictures]
