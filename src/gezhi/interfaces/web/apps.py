"""Django application configuration."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "gezhi.interfaces.web"
    label = "web"
    verbose_name = "网页"

    def ready(self) -> None:
        from gezhi.interfaces.work import register_all

        register_all()
