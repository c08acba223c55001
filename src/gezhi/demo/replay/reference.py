"""Copy what cases refer to (areas, organisations, classes, duties, working time) from one database to another."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connections, models, transaction

from gezhi.platform.audit.evidence import is_under_seal, seal_new

SOURCE = "source"
_BATCH = 500
_WHOLE_APPS = ("areas", "organisations", "worktime")
_CASE_TABLES = ("classscheme", "caseclass", "filingcondition", "dutytable", "dutyrule", "workflowrules")


def open_source(database: dict[str, Any]) -> None:
    """Make another database known as ``source``. ``database`` is an entry of Django's ``DATABASES``."""
    connections.settings[SOURCE] = {**connections.settings["default"], **database}


def reference_models() -> list[type[models.Model]]:
    """The tables that are copied whole."""
    found = [model for label in _WHOLE_APPS for model in apps.get_app_config(label).get_models()]
    return [*found, *(apps.get_model("cases", name) for name in _CASE_TABLES), apps.get_model("powers", "power")]


def copy_reference_tables() -> int:
    """Copy them from ``source`` into the empty default database, keys included, and return the number of rows.

    Accounts stay behind, so references to them become empty. Foreign keys are checked at the commit.
    """
    copied = 0
    with transaction.atomic():
        for model in reference_models():
            to_accounts = [
                field.attname
                for field in model._meta.concrete_fields
                if isinstance(field, models.ForeignKey) and field.related_model is get_user_model()
            ]
            batch: list[models.Model] = []
            for row in model._base_manager.using(SOURCE).order_by("pk").iterator(chunk_size=_BATCH):
                for name in to_accounts:
                    setattr(row, name, None)
                batch.append(row)
                if len(batch) == _BATCH:
                    copied += _insert(model, batch)
                    batch = []
            copied += _insert(model, batch)
    return copied


def _insert(model: type[models.Model], batch: list[models.Model]) -> int:
    """Write a batch as the program does: what is under seal is sealed."""
    model._base_manager.using("default").bulk_create(batch)
    if is_under_seal(model):
        seal_new(batch)
    return len(batch)
