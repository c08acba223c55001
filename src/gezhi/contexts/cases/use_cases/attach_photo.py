"""Attach a photo to a case, and hand it out again to whoever may see the case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast

from gezhi.contexts.cases.domain.adding import joined_number
from gezhi.contexts.cases.domain.photos import metres_between, place_question
from gezhi.contexts.cases.domain.states import CaseStatus, Stage
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.pictures import SUBJECT, add_pictures, require_rule
from gezhi.contexts.cases.policy import SCOPES
from gezhi.contexts.cases.rows import row_of
from gezhi.kernel.errors import NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.files.drawing import draw_one
from gezhi.platform.files.images import Picture
from gezhi.platform.files.models import Attachment
from gezhi.platform.files.store import kept, path_of
from gezhi.platform.prepared import Inquiry, Prepared, PreparedObjects, Rows
from gezhi.platform.steps.history import HistoryStep, history_of
from gezhi.platform.steps.policy import decide_see, find


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as it is shown."""

    id: str
    stage: str
    side: str
    width: int
    height: int
    size: int


@dataclass(frozen=True, slots=True)
class Attached:
    """A photo that was just attached, and what it said of itself, which is told once and kept nowhere.

    ``metres``: how far from the case's place it was taken; None where either place is unknown.
    """

    photo: Photo
    picture: Picture
    metres: float | None


def _photo(row: Attachment) -> Photo:
    return Photo(str(row.id), row.stage, row.side, row.width, row.height, row.size)


def attach_photo(*, actor: Actor, number: str, raw: bytes, stage: Stage, asker: str, now: datetime) -> Attached:
    """Attach a sent picture, by the table ``domain.photos.PHOTO_RULES``. It is drawn before anything is locked,
    as one of ``asker`` (see ``files.drawing.draw``).

    Raises ``NotFound``, ``NotAllowed``, ``Conflict`` (see ``pictures.add_pictures``), ``InvalidInput`` (see
    ``files.images.take_in``) and ``Unavailable`` while too many pictures are being drawn.
    """
    case = find(CASE, actor, number)
    require_rule(case, actor=actor, stage=stage, status=CaseStatus(case.status))
    picture = draw_one(raw, asker=asker)
    with kept([picture]), transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case.pk)
        status = CaseStatus(case.status)
        (row,) = add_pictures(case, actor=actor, pictures=[picture], stage=stage, status=status, now=now)
    lon, lat, there = case.lon, case.lat, picture.place
    metres = None if lon is None or lat is None or there is None else metres_between(lon, lat, *there)
    return Attached(_photo(row), picture, metres)


def far_from_case(case_id: int, pictures: Sequence[Picture]) -> float | None:
    """How many metres from the case's place the nearest of these was taken, where that is so far that it should be told."""
    lon, lat = Case.objects.values_list("lon", "lat").get(pk=case_id)
    mark = None if lon is None or lat is None else (lon, lat)
    question = place_question([picture.place for picture in pictures], mark)
    return None if question is None else question.metres


def photos_of(case_id: int) -> list[Photo]:
    """The photos of a case, oldest first."""
    return [_photo(row) for row in _OF_CASE.all(case_id=case_id)]


_OF_CASE = PreparedObjects(
    Attachment,
    lambda found, case_id: found.filter(subject_type=SUBJECT, subject_id=case_id).order_by("created_at", "id"),
    case_id=int,
)


def asked_photos(number: str) -> Inquiry[list[Photo]]:
    """The same of the case of a number, to be asked for together with other things; whether there is such a case, and who may see
    it, is not asked."""

    def answer(rows: list[Rows]) -> list[Photo]:
        # Instants as texts of one zone stand in the order of time.
        (found,) = (sorted(one) for one in rows)
        return [Photo(str(UUID(key)), *rest) for _at, key, *rest in found]

    return Inquiry([(_OF_NUMBER, {"number": number})], answer)


def _of_number(number: str) -> QuerySet[Any, Any]:
    case = Case.objects.filter(number=number).values("pk")
    found = Attachment.objects.filter(subject_type=SUBJECT, subject_id__in=case)
    told = found.annotate(at=Cast("created_at", CharField()), key=Cast("id", CharField()))
    return told.values_list("at", "key", "stage", "side", "width", "height", "size")


_OF_NUMBER = Prepared(_of_number, number=str)


def photos_along(history: Iterable[HistoryStep]) -> list[Photo]:
    """The photos that reporters sent with the words which a case's history tells of reports that go with it, oldest first. Two
    queries, none where it tells of no such words."""
    added = [step for step in history if step.action == Action.ADDED_ALONG]
    if not added:
        return []
    numbers = {joined_number(step.note) for step in added}
    of_number = dict(Case.objects.filter(number__in=numbers).values_list("number", "pk"))
    sent = {(of_number.get(joined_number(step.note)), step.at) for step in added}
    found = _SENT_WITH_WORDS.filter(subject_id__in=of_number.values(), created_at__in={at for _key, at in sent})
    return [_photo(row) for row in found.order_by("created_at", "id") if (row.subject_id, row.created_at) in sent]


_SENT_WITH_WORDS = Attachment.objects.filter(
    subject_type=SUBJECT, stage=Stage.ADDED.value, side=Attachment.Side.REPORTER.value
)


def open_photo(*, actor: Actor, photo_id: UUID) -> BinaryIO:
    """The bytes of a photo (JPEG), for whoever may see its case, or reads the words that came with it in the report that the case
    goes with. Raises ``NotFound`` where there is none, or none that the actor may see."""
    row = Attachment.objects.filter(pk=photo_id, subject_type=SUBJECT).first()
    case = None if row is None else Case.objects.filter(pk=row.subject_id).first()
    if row is None or case is None or not (decide_see(CASE, actor, case) or _reads_along(actor, case, row)):
        raise NotFound("no_file", "there is no such photo")
    return path_of(row.sha256).open("rb")


def _reads_along(actor: Actor, case: Case, row: Attachment) -> bool:
    """Whether the words with which a photo was sent stand in a case of which the actor sees all."""
    if row.stage != Stage.ADDED or row.side != Attachment.Side.REPORTER:
        return False
    mains = {main for step in history_of(CASE, case.pk) if (main := step.changes.get("merged_into_id")) is not None}
    words = CaseStep.objects.filter(case_id__in=mains, action=Action.ADDED_ALONG, at=row.created_at)
    return any(
        joined_number(step.note) == case.number and SCOPES.sees_whole(actor, row_of(step.case))
        for step in words.select_related("case")
    )
