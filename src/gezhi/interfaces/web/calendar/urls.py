"""Addresses of the calendar."""

from django.urls import path

from gezhi.interfaces.throttle import looked_at_not_too_often
from gezhi.interfaces.web.calendar import views

urlpatterns = [
    path("calendar", looked_at_not_too_often(views.page), name="calendar"),
    path("calendar/edit", views.edit, name="calendar-edit"),
    path("calendar/restore", views.restore, name="calendar-restore"),
]
