"""Django application configuration."""

from django.apps import AppConfig


class PowersConfig(AppConfig):
    name = "gezhi.contexts.powers"
    label = "powers"
    verbose_name = "赋权事项"

    def ready(self) -> None:
        from datetime import timedelta

        from gezhi.contexts.powers.jobs import enter_powers
        from gezhi.contexts.powers.kind import HOLDING
        from gezhi.kernel.roles import Role
        from gezhi.platform.access.territory import register_verbs
        from gezhi.platform.jobs.periodic import PERIODIC, Periodic
        from gezhi.platform.steps.registry import register_kind

        register_kind(HOLDING)
        register_verbs({"register_powers": (Role.SYSTEM_ADMIN,)})
        PERIODIC.add("powers.enter_powers", Periodic(enter_powers, every=timedelta(hours=1)))
