"""Django application configuration."""

from django.apps import AppConfig


class EscalationConfig(AppConfig):
    name = "gezhi.contexts.escalation"
    label = "escalation"
    verbose_name = "督办"

    def ready(self) -> None:
        from datetime import timedelta

        from gezhi.contexts.escalation import evidence  # noqa: F401  (puts the tables under seal)
        from gezhi.contexts.escalation.jobs import put_escalation_in_force, watch_deadlines
        from gezhi.kernel.roles import Role
        from gezhi.platform.access.territory import register_verbs
        from gezhi.platform.jobs.periodic import PERIODIC, Periodic

        register_verbs(
            {"install_escalation": (Role.SYSTEM_ADMIN,), "put_escalation_in_force": (), "watch_deadlines": ()}
        )
        PERIODIC.add("escalation.put_in_force", Periodic(put_escalation_in_force, every=timedelta(minutes=1)))
        PERIODIC.add("escalation.watch", Periodic(watch_deadlines, every=timedelta(minutes=1)))
