"""Write an answer template, write it anew, withdraw it, bring an earlier version back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.cases.models import AnswerTemplate
from gezhi.kernel.errors import Conflict, InvalidInput, NotFound
from gezhi.kernel.formalism import refuse_formalism
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_changes, seal_new
from gezhi.platform.audit.record import record

VERB = "change_templates"
MAX_TITLE, MAX_WORDS = 60, 2_000


@dataclass(frozen=True, slots=True)
class Template:
    """What a template says, and where it is offered; empty or None: everywhere."""

    title: str
    words: str
    class_prefix: str = ""
    step: str = ""
    area_id: int | None = None


def check_template(*, actor: Actor, given: Template) -> Template:
    """The template with its blanks taken off. Raises ``NotAllowed`` for anyone but city operations or the dispatchers of its
    area, ``InvalidInput`` naming the field."""
    require_in(actor, VERB, None if given.area_id is None else [given.area_id])
    title, words = given.title.strip(), given.words.strip()
    if not 0 < len(title) <= MAX_TITLE:
        raise InvalidInput("template_title_missing", "a template has a title of 1 to 60 characters", field="title")
    if not 0 < len(words) <= MAX_WORDS:
        raise InvalidInput("template_words_missing", "a template has 1 to 2,000 characters", field="words")
    refuse_formalism([title], field="title")
    refuse_formalism([words], field="words")
    prefix = given.class_prefix.strip()
    if prefix and not any(code.startswith(prefix) for code in catalogue().classes):
        raise InvalidInput("unknown_class", f"no class begins with '{prefix}'", field="class_prefix")
    if given.step and given.step not in {action.value for action in TRANSITIONS}:
        raise InvalidInput("unknown_step", f"there is no step '{given.step}'", field="step")
    if given.area_id is not None and areas.area(given.area_id) is None:
        raise InvalidInput("area_unknown", f"there is no area {given.area_id}", field="area")
    return Template(title, words, prefix, Action(given.step).value if given.step else "", given.area_id)


def save_template(*, actor: Actor, given: Template, number: int | None, seen: int, now: datetime) -> int:
    """Write a template (``number`` None) or a new version of one; its number. ``seen``: the version that the actor saw.

    Raises what ``check_template`` raises, ``NotFound``, ``Conflict`` (``template_moved_on``).
    """
    checked = check_template(actor=actor, given=given)
    with transaction.atomic():
        before = None if number is None else _last(number)
        if before is not None:
            # Who may write for the new place may not take the template away from the old one.
            require_in(actor, VERB, None if before.area_id is None else [before.area_id])
            if before.version != seen:
                raise Conflict("template_moved_on", "somebody else wrote this template anew; look again")
        return _write(actor, checked, before, now)


def withdraw_template(*, actor: Actor, number: int, now: datetime) -> None:
    """Offer a template no more; its versions stay. Raises ``NotAllowed``, ``NotFound`` where it is not in use."""
    with transaction.atomic():
        row = _last(number)
        require_in(actor, VERB, None if row.area_id is None else [row.area_id])
        if not row.current:
            raise NotFound("no_template", f"template {number} is not in use")
        _out_of_use(number)
        _record(actor, "withdrawn", row, now)


def restore_template(*, actor: Actor, number: int, version: int, now: datetime) -> None:
    """Put what an earlier version said in use again, as a new version. Raises what ``save_template`` raises."""
    found = AnswerTemplate.objects.filter(number=number, version=version).first()
    if found is None:
        require_in(actor, VERB)
        raise NotFound("no_template", f"there is no version {version} of template {number}")
    given = Template(found.title, found.words, found.class_prefix, found.step, found.area_id)
    save_template(actor=actor, given=given, number=number, seen=_last_version(number), now=now)


def _last_version(number: int) -> int:
    return AnswerTemplate.objects.filter(number=number).aggregate(last=Max("version"))["last"] or 0


def _last(number: int) -> AnswerTemplate:
    row = AnswerTemplate.objects.select_for_update().filter(number=number).order_by("-version").first()
    if row is None:
        raise NotFound("no_template", f"there is no template {number}")
    return row


def _out_of_use(number: int) -> None:
    chosen = AnswerTemplate.objects.filter(number=number, current=True)
    keys = list(chosen.values_list("pk", flat=True))
    with seal_changes(AnswerTemplate.objects.filter(pk__in=keys)):
        AnswerTemplate.objects.filter(pk__in=keys).update(current=False)


def _write(actor: Actor, given: Template, before: AnswerTemplate | None, now: datetime) -> int:
    if before is None:
        number = (AnswerTemplate.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        version = 1
    else:
        number, version = before.number, before.version + 1
        _out_of_use(number)
    try:
        with transaction.atomic():
            row = AnswerTemplate.objects.create(
                number=number,
                version=version,
                title=given.title,
                words=given.words,
                class_prefix=given.class_prefix,
                step=given.step,
                area_id=given.area_id,
                made_at=now,
            )
    except IntegrityError as error:
        raise Conflict("template_moved_on", "somebody else was quicker; look again") from error
    seal_new([row])
    _record(actor, "written", row, now)
    return number


def _record(actor: Actor, what: str, row: AnswerTemplate, now: datetime) -> None:
    record(
        actor=actor,
        action=f"cases.template_{what}",
        object_type="answer_template",
        object_id=row.number,
        data={"version": row.version, "class": row.class_prefix, "step": row.step, "area": row.area_id},
        now=now,
    )
