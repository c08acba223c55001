"""Django application configuration."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "gezhi.contexts.organisations"
    label = "organisations"
    verbose_name = "组织机构"

    def ready(self) -> None:
        from gezhi.contexts.organisations import evidence  # noqa: F401  (puts the tables under seal)
