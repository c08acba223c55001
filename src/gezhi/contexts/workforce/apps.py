"""Django application configuration."""

from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "gezhi.contexts.workforce"
    label = "workforce"
    verbose_name = "队伍"

    def ready(self) -> None:
        from gezhi.contexts.workforce import evidence  # noqa: F401  (puts the tables under seal)
