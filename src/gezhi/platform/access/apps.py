"""Django application configuration."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "gezhi.platform.access"
    label = "access"
    verbose_name = "权限"

    def ready(self) -> None:
        from gezhi.platform.access import evidence  # noqa: F401  (puts the tables under seal)
        from gezhi.platform.access.policies import POLICIES, Judged
        from gezhi.platform.access.territory import Territory, TerritoryPolicy

        POLICIES.add("area", Judged(Territory, TerritoryPolicy()))
