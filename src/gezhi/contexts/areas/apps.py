"""Django application configuration."""

from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "gezhi.contexts.areas"
    label = "areas"
    verbose_name = "区域"

    def ready(self) -> None:
        from gezhi.contexts.areas import evidence  # noqa: F401  (puts the tables under seal)
        from gezhi.contexts.areas.territory import territory, territory_by_code
        from gezhi.kernel.roles import Role
        from gezhi.platform.access.territory import register_finder, register_verbs

        register_finder(by_id=territory, by_code=territory_by_code)
        planning = (Role.PLANNER, Role.SYSTEM_ADMIN)
        register_verbs({"plant_areas": planning, "register_compounds": planning, "found_city": ()})
