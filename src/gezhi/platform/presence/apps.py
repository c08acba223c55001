"""Django application configuration."""

from django.apps import AppConfig


class PresenceConfig(AppConfig):
    name = "gezhi.platform.presence"
    label = "presence"
    verbose_name = "同时查看"

    def ready(self) -> None:
        from datetime import timedelta

        from gezhi.platform.jobs.periodic import PERIODIC, Periodic
        from gezhi.platform.presence.here import forget_presence

        PERIODIC.add("presence.forget", Periodic(forget_presence, every=timedelta(minutes=10)))
