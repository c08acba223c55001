"""Addresses of the hub."""

from django.urls import path

from gezhi.interfaces.web.hub import views

urlpatterns = [
    path("hub", views.inbox, name="hub"),
    path("hub/rows", views.rows, name="hub-rows"),
    path("hub/counts", views.counts, name="hub-counts"),
    path("hub/cases/<str:number>", views.case, name="hub-case"),
    path("hub/cases/<str:number>/reporter", views.reporter, name="hub-reporter"),
    path("hub/cases/<str:number>/<slug:action>", views.act, name="hub-act"),
    path("pictures/<uuid:picture_id>", views.picture, name="picture"),
]
