"""Django application configuration."""

from django.apps import AppConfig


class OpenFiguresConfig(AppConfig):
    name = "gezhi.contexts.openfigures"
    label = "openfigures"
    verbose_name = "公开统计"

    def ready(self) -> None:
        from datetime import timedelta

        from gezhi.contexts.openfigures.jobs import count_open_figures
        from gezhi.platform.access.territory import register_verbs
        from gezhi.platform.jobs.periodic import PERIODIC, Periodic

        register_verbs({"count_open_figures": ()})
        PERIODIC.add("openfigures.count", Periodic(count_open_figures, every=timedelta(hours=1)))
