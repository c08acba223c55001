"""Addresses of the notices."""

from django.urls import path

from gezhi.interfaces.web.notices import views

urlpatterns = [
    path("notices", views.page, name="notices"),
    path("notices/read", views.read, name="notices-read"),
    path("notices/rules", views.rules, name="notices-rules"),
]
