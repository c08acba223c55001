"""The API's address space."""

from __future__ import annotations

from django.urls import path

from gezhi.interfaces.api.v1 import cases, follow, live, powers, reference, saved_views, work
from gezhi.interfaces.api.v1.api import api

api.add_router("", reference.router)
# Before the cases: `/cases/views` is no case's number.
api.add_router("", saved_views.router)
api.add_router("", cases.router)
api.add_router("", follow.router)
api.add_router("", powers.router)
api.add_router("", live.router)
api.add_router("", work.router)

urlpatterns = [path("", api.urls)]
