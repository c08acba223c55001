"""Django application configuration."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "gezhi.platform.retention"
    label = "retention"
    verbose_name = "保存期限"

    def ready(self) -> None:
        from datetime import timedelta

        from gezhi.kernel.roles import Role
        from gezhi.platform.access.territory import register_verbs
        from gezhi.platform.jobs.periodic import PERIODIC, Periodic
        from gezhi.platform.retention import evidence  # noqa: F401  (puts the tables under seal)
        from gezhi.platform.retention.of_the_platform import register_retained
        from gezhi.platform.retention.upkeep import put_retention_in_force

        register_verbs({"install_retention": (Role.SYSTEM_ADMIN,), "put_retention_in_force": ()})
        register_retained()
        PERIODIC.add("retention.put_in_force", Periodic(put_retention_in_force, every=timedelta(minutes=1)))
