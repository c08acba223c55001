"""The address space of the web server."""

from django.urls import include, path

from gezhi.interfaces.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("gezhi.interfaces.web.urls")),
]
