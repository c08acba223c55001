"""Django application configuration."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "gezhi.contexts.cases"
    label = "cases"
    verbose_name = "事件工单"
