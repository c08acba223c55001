"""Which kinds there are. A context registers its own where its app is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from gezhi.platform.access.policies import POLICIES, Judged
from gezhi.platform.audit.chain import CHAINED
from gezhi.platform.registry import Registry
from gezhi.platform.steps.kind import Kind
from gezhi.platform.steps.policy import KindPolicy
from gezhi.platform.steps.topics import register_topic

_KINDS: Registry[Kind[Any]] = Registry("kinds")


def register_kind(kind: Kind[Any]) -> None:
    """Make a kind known to access, audit and the live edge. Call it where the app is loaded."""
    _KINDS.add(kind.name, kind)
    CHAINED.add(kind.history._meta.label, kind.history)
    POLICIES.add(kind.name, Judged(kind.model, KindPolicy(kind), kind.veiled))
    if kind.topic:
        register_topic(kind.live)


def kind_of(obj: Model) -> Kind[Any]:
    """The kind of an object. Raises ``LookupError`` where its model has none."""
    for kind in _KINDS:
        if isinstance(obj, kind.model):
            return kind
    raise LookupError(f"{type(obj).__name__} is of no kind")


def kinds() -> Iterable[Kind[Any]]:
    """All kinds, in the order in which they were registered."""
    return tuple(_KINDS)
