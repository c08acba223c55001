"""Django application configuration."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "gezhi.interfaces.web"
    label = "web"
    verbose_name = "网页"
