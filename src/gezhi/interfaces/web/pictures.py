"""Pictures that come with a form: drawn before anything is written, kept through every error, and shown again."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from gezhi.interfaces.throttle import whose
from gezhi.kernel.errors import GezhiError, InvalidInput, Unavailable
from gezhi.platform.files import holding
from gezhi.platform.files.drawing import draw
from gezhi.platform.files.images import Picture, preview

FIELD = "photo"
# The tokens of pictures that came with an earlier sending of the same form.
HELD = "held"
MAX_PICTURES = 4
_MOST_TOKENS = 12


@dataclass(frozen=True, slots=True)
class HeldPicture:
    """A picture that the form carries on: its token, and a stamp of it as a data address."""

    token: str
    stamp: str


@dataclass(slots=True)
class FormPictures:
    """The pictures of a form and what was wrong with others. ``tokens``: of those that were held before."""

    pictures: list[Picture] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    fault: GezhiError | None = None

    def sent(self) -> None:
        """The form has done its work: nothing is held any longer."""
        holding.give_back(self.tokens)


def pictures_of(request: HttpRequest, *, now: datetime) -> FormPictures:
    """The pictures of a form, new ones drawn anew. Call it outside a transaction; nothing is raised for a bad picture."""
    found = FormPictures()
    for token in request.POST.getlist(HELD)[:_MOST_TOKENS]:
        picture = holding.held(token, now=now)
        if picture is not None:
            found.pictures.append(picture)
            found.tokens.append(token)
        elif not holding.was_sent(token):
            found.fault = InvalidInput("picture_gone", "a picture was held for an hour; choose it again", field=FIELD)
    files: list[UploadedFile[bytes]] = [file for file in request.FILES.getlist(FIELD) if file.size]
    if len(found.pictures) + len(files) > MAX_PICTURES:
        found.fault = InvalidInput("too_many_pictures", f"at most {MAX_PICTURES} pictures", field=FIELD)
        files = files[: max(0, MAX_PICTURES - len(found.pictures))]
    try:
        drawn = draw([file.read() for file in files], asker=whose(request))
    except Unavailable as error:
        found.fault, drawn = error, []
    for answer in drawn:
        if isinstance(answer, InvalidInput):
            found.fault = answer
        else:
            found.pictures.append(answer)
    return found


def hold(request: HttpRequest, found: FormPictures, *, now: datetime) -> list[HeldPicture]:
    """Hold the pictures of a form that is shown again; those for which there is no room are not among the answer."""
    fresh = found.pictures[len(found.tokens) :]
    found.tokens += holding.hold(fresh, owner=whose(request), now=now)
    if len(found.tokens) < len(found.pictures):
        found.fault = found.fault or InvalidInput(
            "picture_gone", "there is no room to hold it; choose it again", field=FIELD
        )
    return [
        HeldPicture(token, f"data:image/jpeg;base64,{base64.b64encode(preview(picture.content)).decode()}")
        for token, picture in zip(found.tokens, found.pictures, strict=False)
    ]


A_KILOMETRE = 1_000


def far_words(metres: float | None) -> str:
    """Words to add where pictures were taken far from the place; empty where they were not."""
    if metres is None:
        return ""
    if metres >= A_KILOMETRE:
        words = _("The picture was taken %(km)d km from the place of the case.") % {"km": round(metres / A_KILOMETRE)}
    else:
        words = _("The picture was taken %(metres)d metres from the place of the case.") % {"metres": round(metres)}
    return f" · {words}"


def picture_response(content: BinaryIO) -> FileResponse:
    """The picture itself."""
    return FileResponse(content, content_type="image/jpeg")


def picture_page(request: HttpRequest, content: BinaryIO, *, back: str, words: str) -> HttpResponse:
    """A page that shows the picture at the request's path, with a way back and its words."""
    content.close()
    return render(request, "web/picture.html", {"back": back, "back_words": words})
