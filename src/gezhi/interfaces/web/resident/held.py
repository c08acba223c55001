"""What is held about the reporter: shown with who looked, and erased at the reporter's word."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gezhi.contexts.cases.domain.photos import Side
from gezhi.contexts.cases.queries import follow
from gezhi.contexts.cases.use_cases.attach_photo import photos_of
from gezhi.contexts.cases.use_cases.read_reporter import read_reporter
from gezhi.contexts.telling.queries import addresses_of, certificates
from gezhi.contexts.telling.use_cases.choose_notices import PURPOSE
from gezhi.contexts.telling.use_cases.forget_reporter import forget_reporter
from gezhi.interfaces import problem
from gezhi.interfaces.web.look_words import told_looks
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.resident.follow import RESIDENT, place_name_of, private, whoever
from gezhi.kernel.clock import now
from gezhi.kernel.errors import GezhiError, NotAllowed, NotFound
from gezhi.platform.vault.queries import held, looks, own_looks


@require_safe
def data(request: HttpRequest, code: str) -> HttpResponse:
    """What is held about the reporter, why, until when, and who looked."""
    return _data_page(request, code)


def _data_page(request: HttpRequest, code: str, *, refused: str = "", status: int = 200) -> HttpResponse:
    found, actor = follow(code), whoever(request, code)
    records = held(subject_type="case", subject_id=found.number)
    of_contact = [record for record in records if record.purpose != PURPOSE]
    content: dict[str, str] = {}
    gone = any(record.erased_at for record in of_contact)
    if found.has_personal_data:
        try:
            content = read_reporter(actor=actor, number=found.number, reason=_("The reporter's own look"), now=now())
        except NotFound:
            gone = True
        except NotAllowed:
            pass
    context = {
        "found": found,
        "code": code,
        "refused": refused,
        "page_address": reverse("follow-data", args=[code]),
        "place_name": place_name_of(found),
        "pictures": sum(photo.side == Side.REPORTER for photo in photos_of(found.case_id)),
        "content": content,
        "erased": gone,
        "records": of_contact,
        "addresses": addresses_of(found.number, actor=actor, reason=_("The reporter's own look"), now=now()),
        "certificates": certificates(found.number),
        "looks": told_looks(looks(subject_type="case", subject_id=found.number, own_label=RESIDENT)),
        "own": own_looks(subject_type="case", subject_id=found.number, own_label=RESIDENT),
    }
    return private(render(request, "web/resident/data.html", context, status=status))


@posted_from("follow-data", "code")
def erase(request: HttpRequest, code: str) -> HttpResponse:
    """Have it destroyed."""
    try:
        erased = forget_reporter(actor=whoever(request, code), code=code, now=now())
    except GezhiError as error:
        return _data_page(request, code, refused=problem.words(error), status=problem.status(error))
    messages.success(request, _("Your name and number are erased.") if erased else _("Nothing was stored."))
    return redirect("follow-data", code=code)
