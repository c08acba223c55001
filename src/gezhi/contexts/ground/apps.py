"""Django application configuration."""

from django.apps import AppConfig


class GroundConfig(AppConfig):
    name = "gezhi.contexts.ground"
    label = "ground"
    verbose_name = "底图"

    def ready(self) -> None:
        from datetime import timedelta

        from gezhi.contexts.ground.jobs import cut_tiles_ahead
        from gezhi.kernel.roles import Role
        from gezhi.platform.access.territory import register_verbs
        from gezhi.platform.jobs.periodic import PERIODIC, Periodic

        PERIODIC.add("ground.cut_ahead", Periodic(cut_tiles_ahead, every=timedelta(minutes=5)))
        register_verbs({"lay_ground": (Role.PLANNER, Role.SYSTEM_ADMIN)})
