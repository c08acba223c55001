"""Django application configuration."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "gezhi.platform.notices"
    label = "notices"
    verbose_name = "提醒"

    def ready(self) -> None:
        from datetime import timedelta

        from gezhi.platform.access.policies import POLICIES, Judged
        from gezhi.platform.jobs.periodic import PERIODIC, Periodic
        from gezhi.platform.notices.policy import Inbox, InboxPolicy
        from gezhi.platform.notices.upkeep import forget_notices

        POLICIES.add("notices", Judged(Inbox, InboxPolicy()))
        PERIODIC.add("notices.forget", Periodic(forget_notices, every=timedelta(days=1)))
