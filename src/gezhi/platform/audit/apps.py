"""Django application configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "gezhi.platform.audit"
    label = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        from gezhi.platform.audit.chain import CHAINED
        from gezhi.platform.audit.models import AuditRecord, Seal
        from gezhi.platform.audit.shape import check_shape
        from gezhi.platform.audit.verify import CHECKS

        CHECKS.add("shape", check_shape)
        for model in (AuditRecord, Seal):
            CHAINED.add(model._meta.label, model)
