"""Django application configuration."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "gezhi.platform.jobs"
    label = "jobs"
    verbose_name = "后台任务"

    def ready(self) -> None:
        from gezhi.platform.jobs.upkeep import register_upkeep

        register_upkeep()
