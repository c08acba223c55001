"""Django application configuration."""

from django.apps import AppConfig


class WorktimeConfig(AppConfig):
    name = "gezhi.platform.worktime"
    label = "worktime"
    verbose_name = "工作时间"

    def ready(self) -> None:
        from gezhi.kernel.roles import Role
        from gezhi.platform.access.territory import register_verbs
        from gezhi.platform.worktime import evidence  # noqa: F401  (puts the tables under seal)

        register_verbs({"change_calendar": (Role.SYSTEM_ADMIN,)})
