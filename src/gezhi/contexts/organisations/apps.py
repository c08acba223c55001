"""Django application configuration."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "gezhi.contexts.organisations"
    label = "organisations"
    verbose_name = "组织机构"

    def ready(self) -> None:
        from gezhi.contexts.organisations import evidence  # noqa: F401  (puts the tables under seal)
        from gezhi.kernel.roles import Role
        from gezhi.platform.access.territory import register_verbs

        register_verbs({"register_organisations": (Role.SYSTEM_ADMIN,)})
