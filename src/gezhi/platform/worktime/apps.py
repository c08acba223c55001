"""Django application configuration."""

from django.apps import AppConfig


class WorktimeConfig(AppConfig):
    name = "gezhi.platform.worktime"
    label = "worktime"
    verbose_name = "工作时间"
