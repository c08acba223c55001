"""The address space of the web server."""

from django.urls import include, path

from gezhi.interfaces.health import healthz

handler400 = "gezhi.interfaces.failures.bad_request"
handler403 = "gezhi.interfaces.web.refusals.permission_denied"
handler404 = "gezhi.interfaces.web.refusals.page_not_found"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", include("gezhi.interfaces.api.v1.urls")),
    path("", include("gezhi.interfaces.web.urls")),
]

handler500 = "gezhi.interfaces.failures.server_error"
