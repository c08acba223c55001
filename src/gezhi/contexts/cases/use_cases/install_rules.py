"""Put a version of the workflow's rules in force, at once or from an instant ahead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.effective import require_likely
from gezhi.contexts.cases.domain.rules import rules_of, texts_of
from gezhi.contexts.cases.in_force import RULE_VERSIONS
from gezhi.contexts.cases.models import WorkflowRules
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.formalism import refuse_formalism
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.audit.record import record
from gezhi.platform.dated_versions import begins


def install_rules(
    *, actor: Actor, name: str, changes: Mapping[str, str], now: datetime, effective_from: datetime | None = None
) -> WorkflowRules:
    """Install a new version: the rules in force with ``changes`` (texts by the name of the rule); those before stay on record.

    It is in force at once, or waits where ``effective_from`` (aware) lies ahead. Raises ``InvalidInput`` naming the rule.
    """
    require_in(actor, "install_rules")
    if not name.strip():
        raise InvalidInput("field_missing", filled("'%(name)s' is missing", name="name"), field="name")
    refuse_formalism([name], field="name")
    require_likely(effective_from, now=now)
    values = texts_of(rules_of({**texts_of(catalogue().rules), **changes}))
    waiting, start = begins(effective_from, now=now)
    with transaction.atomic():
        number = RULE_VERSIONS.next_number()
        rules = WorkflowRules.objects.create(
            number=number,
            name=name.strip(),
            waiting=waiting,
            effective_from=start,
            values=values,
        )
        seal_new([rules])
        if not waiting:
            RULE_VERSIONS.put_in_force(rules)
        record(
            actor=actor,
            action="cases.rules_installed",
            object_type="workflow_rules",
            object_id=rules.pk,
            data={"number": number, "changes": dict(changes), "effective_from": rules.effective_from.isoformat()},
            now=now,
        )
    catalogue.forget()
    return rules


def put_due_rules_in_force(*, actor: Actor, now: datetime) -> list[int]:
    """Put the versions in force whose time has come, in its order; returns their numbers."""
    require_in(actor, "put_tables_in_force")
    with transaction.atomic():
        return [rules.number for rules in RULE_VERSIONS.put_due_in_force(actor=actor, now=now)]


def withdraw_rules(*, actor: Actor, number: int, now: datetime) -> None:
    """Take back a version that waits; it stays on record. Raises ``NotFound`` where none of this number waits."""
    require_in(actor, "install_rules")
    with transaction.atomic():
        RULE_VERSIONS.take_back(number, actor=actor, now=now)
