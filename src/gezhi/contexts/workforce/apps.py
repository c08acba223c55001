"""Django application configuration."""

from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "gezhi.contexts.workforce"
    label = "workforce"
    verbose_name = "队伍"
