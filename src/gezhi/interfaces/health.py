"""``/healthz``: is this process able to serve, that is, does the database answer and is there room to store anything?"""

from __future__ import annotations

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from gezhi.interfaces.failures import met_a_full_disk
from gezhi.platform.files.room import room_left

log = structlog.get_logger(__name__)


def _trouble() -> str | None:
    """What keeps this process from serving; None if nothing does. Writes nothing itself."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return "database does not answer"
    try:
        room = room_left(settings.GEZHI_HOME)
    except OSError:
        log.exception("health.no_data_folder")
        return "data folder cannot be read"
    # The database may lie on a disk of its own: what it said last counts too.
    if room < settings.GEZHI_INTAKE.reserve or met_a_full_disk():
        return "disk is full"
    return None


@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """200 ``{"status": "ok"}``, or 503 with a word for what is wrong. No login, no personal data, no cache."""
    trouble = _trouble()
    response = JsonResponse({"status": trouble or "ok"}, status=503 if trouble else 200)
    response["Cache-Control"] = "no-store"
    return response
