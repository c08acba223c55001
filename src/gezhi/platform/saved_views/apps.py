"""Django application configuration."""

from django.apps import AppConfig


class SavedViewsConfig(AppConfig):
    name = "gezhi.platform.saved_views"
    label = "saved_views"
    verbose_name = "常用筛选"

    def ready(self) -> None:
        from gezhi.platform.access.policies import POLICIES, Judged
        from gezhi.platform.saved_views.models import SavedView
        from gezhi.platform.saved_views.policy import SavedViewPolicy

        POLICIES.add("view", Judged(SavedView, SavedViewPolicy()))
