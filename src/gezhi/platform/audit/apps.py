"""Django application configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "gezhi.platform.audit"
    label = "audit"
    verbose_name = "审计"
