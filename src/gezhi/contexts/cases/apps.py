"""Django application configuration."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "gezhi.contexts.cases"
    label = "cases"
    verbose_name = "事件工单"

    def ready(self) -> None:
        from datetime import time, timedelta

        from gezhi.contexts.cases import evidence  # noqa: F401  (puts the tables under seal)
        from gezhi.contexts.cases.jobs import learn_class_guess, put_tables_in_force
        from gezhi.contexts.cases.kind import CASE
        from gezhi.contexts.cases.retained import of_cases, of_reporters
        from gezhi.contexts.cases.word_index import TRIGGERS
        from gezhi.kernel.roles import Role
        from gezhi.platform.access.territory import register_verbs
        from gezhi.platform.audit.shape import OWN_TRIGGERS
        from gezhi.platform.jobs.periodic import PERIODIC, Periodic
        from gezhi.platform.retention.retained import RETAINED
        from gezhi.platform.steps.registry import register_kind

        register_kind(CASE)
        for name, text in TRIGGERS.items():
            OWN_TRIGGERS.add(name, text)
        tables = ("install_classes", "install_duties", "install_rules")
        register_verbs({**dict.fromkeys(tables, (Role.SYSTEM_ADMIN,)), "import_cases": (), "put_tables_in_force": ()})
        register_verbs({"learn_guess": (Role.SYSTEM_ADMIN,)})
        register_verbs({"change_templates": (Role.OPERATIONS, Role.STREET_DISPATCHER)})
        RETAINED.add(f"personal.{CASE.name}", of_reporters())
        RETAINED.add("cases", of_cases())
        PERIODIC.add("cases.put_tables_in_force", Periodic(put_tables_in_force, every=timedelta(minutes=1)))
        PERIODIC.add("cases.learn_guess", Periodic(learn_class_guess, every=timedelta(days=1), at=time(2, 40)))
