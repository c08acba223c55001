"""Django application configuration."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "gezhi.platform.outbox"
    label = "outbox"
    verbose_name = "事件发件箱"
