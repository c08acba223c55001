"""Django application configuration."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "gezhi.contexts.organisations"
    label = "organisations"
    verbose_name = "组织机构"
