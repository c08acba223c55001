"""Django application configuration."""

from django.apps import AppConfig


class TellingConfig(AppConfig):
    name = "gezhi.contexts.telling"
    label = "telling"
    verbose_name = "进展通知"

    def ready(self) -> None:
        from datetime import timedelta

        from gezhi.contexts.telling.jobs import forget_messages, tell_reporters
        from gezhi.kernel.roles import Role
        from gezhi.platform.access.territory import register_verbs
        from gezhi.platform.jobs.periodic import PERIODIC, Periodic

        register_verbs({"tell_reporters": (), "retry_messages": (Role.OPERATIONS, Role.SYSTEM_ADMIN)})
        PERIODIC.add("telling.tell", Periodic(tell_reporters, every=timedelta(minutes=1)))
        PERIODIC.add("telling.forget", Periodic(forget_messages, every=timedelta(days=1)))
