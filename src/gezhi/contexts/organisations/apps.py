"""Django application configuration."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "gezhi.contexts.organisations"
    label = "organisations"
    verbose_name = "组织机构"

    def ready(self) -> None:
        from datetime import timedelta

        from gezhi.contexts.organisations import evidence  # noqa: F401  (puts the tables under seal)
        from gezhi.contexts.organisations.jobs import end_due
        from gezhi.kernel.roles import Role
        from gezhi.platform.access.territory import register_verbs
        from gezhi.platform.jobs.periodic import PERIODIC, Periodic

        register_verbs(
            {
                "register_organisations": (Role.SYSTEM_ADMIN,),
                "change_organisations": (Role.SYSTEM_ADMIN,),
                "end_due_organisations": (),
            }
        )
        PERIODIC.add("organisations.end_due", Periodic(end_due, every=timedelta(hours=1)))
