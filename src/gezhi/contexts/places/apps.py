"""Django application configuration."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "gezhi.contexts.places"
    label = "places"
    verbose_name = "地名"

    def ready(self) -> None:
        from datetime import timedelta

        from gezhi.contexts.places.jobs import refresh_places
        from gezhi.platform.jobs.periodic import PERIODIC, Periodic

        PERIODIC.add("places.refresh", Periodic(refresh_places, every=timedelta(minutes=1)))
