"""Django application configuration."""

from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "gezhi.contexts.areas"
    label = "areas"
    verbose_name = "区域"

    def ready(self) -> None:
        from gezhi.contexts.areas import evidence  # noqa: F401  (puts the tables under seal)
