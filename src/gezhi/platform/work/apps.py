"""Django application configuration."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "gezhi.platform.work"
    label = "work"
    verbose_name = "后台任务"

    def ready(self) -> None:
        from gezhi.kernel.roles import Role
        from gezhi.platform.access.territory import register_verbs
        from gezhi.platform.work.upkeep import register_upkeep

        register_verbs({"see_work": (Role.SYSTEM_ADMIN,), "stop_work": (Role.SYSTEM_ADMIN,)})
        register_upkeep()
