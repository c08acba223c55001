"""Django application configuration."""

from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "gezhi.contexts.areas"
    label = "areas"
    verbose_name = "区域"
