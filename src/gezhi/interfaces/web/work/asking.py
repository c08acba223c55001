"""The form of a kind of work, made of its input, and what was sent with it."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gezhi.interfaces.web.forms import PlainForm
from gezhi.interfaces.web.words import names_of, of_member, said
from gezhi.kernel.errors import TooLarge
from gezhi.platform.access.actor import Actor
from gezhi.platform.files.images import MAX_BYTES
from gezhi.platform.steps.inputs import Input, read_texts
from gezhi.platform.work.kinds import WorkKind
from gezhi.platform.work.use_cases.take_upload import take_upload

LONGEST = 2_000


def form_of(kind: WorkKind[Any], actor: Actor, *args: Any) -> PlainForm:
    """A form that asks somebody for the input of a kind."""
    fields = {one.name: _field(kind, one, actor) for one in kind.inputs}
    fields["key"] = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    made: PlainForm = type("WorkForm", (PlainForm,), fields)(*args)
    return made


def _field(kind: WorkKind[Any], one: Input, actor: Actor) -> forms.Field:
    label = str(said(one.label)) if one.label else one.name
    required = one.required
    if one.name in kind.hidden:
        return forms.CharField(label=label, required=required, max_length=LONGEST, widget=forms.HiddenInput)
    if one.name in kind.uploads:
        return forms.FileField(label=label, required=required, widget=forms.FileInput(attrs={"class": "input"}))
    if one.offered is not None:
        choices = [*_none(required), *names_of(one.offered(actor))]
        return forms.ChoiceField(label=label, required=required, choices=choices)
    if one.type is bool:
        return forms.BooleanField(label=label, required=False)
    if issubclass(one.type, Enum):
        members = [(member.value, of_member(member)) for member in one.type]
        return forms.ChoiceField(label=label, required=required, choices=[*_none(required), *members])
    return forms.CharField(label=label, required=required, max_length=LONGEST)


def _none(required: bool) -> list[tuple[str, str]]:
    return [] if required else [("", "—")]


def given_by(
    request: HttpRequest, form: PlainForm, kind: WorkKind[Any], *, actor: Actor, now: datetime
) -> dict[str, Any]:
    """The typed values of a valid form; its files are in the store then.

    Raises ``InvalidInput`` for a value that cannot be read, ``TooLarge``, and what ``take_upload`` raises.
    """
    sent: dict[str, str] = {}
    for one in kind.inputs:
        value = form.cleaned_data.get(one.name)
        if isinstance(value, UploadedFile):
            sent[one.name] = _kept(value, kind, one.name, actor=actor, now=now)
        elif value:
            sent[one.name] = "yes" if value is True else str(value)
    return read_texts(kind.inputs, sent)


def _kept(upload: UploadedFile[Any], kind: WorkKind[Any], field: str, *, actor: Actor, now: datetime) -> str:
    name = Path(upload.name or "").name
    if (upload.size or 0) > MAX_BYTES:
        raise TooLarge("file_over_limit", f"{name} is larger than {MAX_BYTES} bytes", field=field, limit=MAX_BYTES)
    descriptor, temporary = tempfile.mkstemp(dir=settings.FILE_UPLOAD_TEMP_DIR)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            for chunk in upload.chunks():
                handle.write(chunk)
        made = take_upload(
            actor=actor,
            kind_name=kind.name,
            path=Path(temporary),
            file_name=name or _("file"),
            content_type=(upload.content_type or "application/octet-stream")[:100],
            now=now,
        )
    finally:
        Path(temporary).unlink(missing_ok=True)
    return str(made)
