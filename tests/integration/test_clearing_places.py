"""An upgrade empties what older programs kept of where and when pictures were taken."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from gezhi.kernel.clock import now
from gezhi.platform.files.models import Attachment

pytestmark = pytest.mark.django_db
migration = import_module("gezhi.platform.files.migrations.0002_side_and_no_place")


def old(created_by: int | None, **taken: object) -> Attachment:
    return Attachment.objects.create(
        subject_type="case", subject_id=1, stage="before", sha256="a" * 64, content_type="image/jpeg", size=1, width=1, height=1,
        created_at=now(), created_by=created_by, **taken,
    )  # fmt: skip


def test_places_and_times_are_emptied_in_batches_and_sides_are_told(monkeypatch):
    monkeypatch.setattr(migration, "BATCH", 2)
    for number in range(5):
        old(number or None, taken_at=now(), taken_lon=112.1, taken_lat=32.0)
    old(None, taken_at=now())
    old(7, taken_lat=32.0)
    migration.clear(apps, SimpleNamespace(connection=connection))
    assert set(Attachment.objects.values_list("taken_at", "taken_lon", "taken_lat")) == {(None, None, None)}
    assert sorted(Attachment.objects.values_list("created_by", "side"), key=str) == sorted(
        [(None, "reporter"), (None, "reporter"), *[(number, "staff") for number in (1, 2, 3, 4, 7)]], key=str
    )
