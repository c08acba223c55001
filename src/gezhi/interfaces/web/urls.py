"""Addresses of the web pages."""

from django.conf import settings
from django.urls import include, path

from gezhi.interfaces.web.views import base_map, design, design_map, explain, home, installing, maps, preferences

urlpatterns = [
    path("", include("gezhi.interfaces.web.resident.urls")),
    path("", include("gezhi.interfaces.web.papers.urls")),
    path("", include("gezhi.interfaces.web.hub.urls")),
    path("", include("gezhi.interfaces.web.worker.urls")),
    path("", include("gezhi.interfaces.web.operations.urls")),
    path("", include("gezhi.interfaces.web.powers.urls")),
    path("", include("gezhi.interfaces.web.work.urls")),
    path("", include("gezhi.interfaces.web.calendar.urls")),
    path("", include("gezhi.interfaces.web.notices.urls")),
    path("", include("gezhi.interfaces.web.administration.urls")),
    path("access/explain", explain.explain, name="access-explain"),
    path("accounts/", include("allauth.urls")),
    path("app.webmanifest", installing.manifest, name="app-manifest"),
    path("follow.webmanifest", installing.follow_manifest, name="follow-manifest"),
    path("service-worker.js", installing.service_worker, name="service-worker"),
    path("push-worker.js", installing.push_worker, name="push-worker"),
    path("home", home.home, name="home"),
    path("preferences", preferences.choose, name="preferences"),
    path("map/tiles.json", maps.tiles, name="map-tiles"),
    path("map/tiles/<str:version>/<int:z>/<int:x>/<int:y>.mvt", maps.tile, name="map-tile"),
    path("map/base/<str:key>/<int:z>/<int:x>/<int:y>", base_map.tile, name="map-base-tile"),
    path("map/base/<str:key>.pmtiles", base_map.whole, name="map-base-file"),
    path("map/place", maps.place, name="map-place"),
    path("map/places", maps.places, name="map-places"),
    path("map/options", maps.options, name="map-options"),
]
if settings.DESIGN_PAGE:
    urlpatterns += [
        path("design", design.design, name="design"),
        path("design/map", design_map.design_map, name="design-map"),
    ]
