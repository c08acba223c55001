"""Django application configuration."""

from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "gezhi.contexts.workforce"
    label = "workforce"
    verbose_name = "队伍"

    def ready(self) -> None:
        from gezhi.contexts.workforce import evidence  # noqa: F401  (puts the tables under seal)
        from gezhi.kernel.roles import Role
        from gezhi.platform.access.territory import register_verbs

        register_verbs({"register_workers": (Role.SYSTEM_ADMIN,), "change_workers": (Role.SYSTEM_ADMIN,)})
