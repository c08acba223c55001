"""Addresses of the hub."""

from django.urls import path

from gezhi.interfaces.web.hub import by_number, narrowing, points, presence, saved_views, several, views

urlpatterns = [
    path("hub", views.inbox, name="hub"),
    path("hub/map", views.inbox_map, name="hub-map"),
    path("hub/points", points.points, name="hub-points"),
    path("hub/pressed", points.pressed, name="hub-pressed"),
    path("hub/rows", views.rows, name="hub-rows"),
    path("hub/rows/of", views.rows_of, name="hub-rows-of"),
    path("hub/filter", narrowing.panel, name="hub-panel"),
    path("hub/narrow", narrowing.narrow, name="hub-narrow"),
    path("hub/total", narrowing.total, name="hub-total"),
    path("hub/several", several.page, name="hub-several"),
    path("hub/by-number", by_number.page, name="hub-by-number"),
    path("hub/counts", views.counts, name="hub-counts"),
    path("hub/views", saved_views.page, name="hub-views"),
    path("hub/views/<int:view_id>/rename", saved_views.rename, name="hub-view-rename"),
    path("hub/views/<int:view_id>/delete", saved_views.delete, name="hub-view-delete"),
    path("hub/cases/<str:number>", views.case, name="hub-case"),
    path("hub/cases/<str:number>/reporter", views.reporter, name="hub-reporter"),
    path("hub/cases/<str:number>/templates/<slug:action>", views.templates, name="hub-templates"),
    path("hub/cases/<str:number>/alike", views.alike, name="hub-alike"),
    path("hub/cases/<str:number>/here", presence.tell, name="hub-here"),
    path("hub/cases/<str:number>/forms/<slug:action>", views.form, name="hub-form"),
    path("hub/cases/<str:number>/<slug:action>", views.act, name="hub-act"),
    path("pictures/<uuid:picture_id>", views.picture, name="picture"),
]
