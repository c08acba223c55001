"""Django application configuration."""

from django.apps import AppConfig


class GroundConfig(AppConfig):
    name = "gezhi.contexts.ground"
    label = "ground"
    verbose_name = "底图"

    def ready(self) -> None:
        from gezhi.kernel.roles import Role
        from gezhi.platform.access.territory import register_verbs

        register_verbs({"lay_ground": (Role.PLANNER, Role.SYSTEM_ADMIN)})
