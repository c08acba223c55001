"""Django application configuration."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "gezhi.platform.access"
    label = "access"
    verbose_name = "权限"
