"""Addresses of background work."""

from django.urls import path

from gezhi.interfaces.web.work import views

urlpatterns = [
    path("staff/work", views.page, name="work"),
    path("staff/work/new/<slug:kind>", views.new, name="work-new"),
    path("staff/work/<uuid:run_id>", views.run, name="work-run"),
    path("staff/work/<uuid:run_id>/state", views.state, name="work-state"),
    path("staff/work/<uuid:run_id>/stop", views.stop, name="work-stop"),
    path("staff/work/<uuid:run_id>/again", views.again, name="work-again"),
    path("staff/work/<uuid:run_id>/files/<uuid:document_id>", views.file, name="work-file"),
]
