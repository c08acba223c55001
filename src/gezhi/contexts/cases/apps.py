"""Django application configuration."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "gezhi.contexts.cases"
    label = "cases"
    verbose_name = "事件工单"

    def ready(self) -> None:
        from gezhi.contexts.cases import evidence  # noqa: F401  (puts the tables under seal)
        from gezhi.contexts.cases.models import Case, CaseEvent
        from gezhi.contexts.cases.policy import CasePolicy
        from gezhi.kernel.roles import Role
        from gezhi.platform.access.policies import register_policy
        from gezhi.platform.access.territory import register_verbs
        from gezhi.platform.audit.chain import register

        register(CaseEvent)
        tables = ("install_classes", "install_duties", "register_powers")
        register_verbs({**dict.fromkeys(tables, (Role.SYSTEM_ADMIN,)), "import_cases": ()})
        register_policy("case", Case, CasePolicy())
