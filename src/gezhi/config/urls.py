"""The address space of the web server."""

from django.urls import include, path

urlpatterns = [
    path("", include("gezhi.interfaces.web.urls")),
]
