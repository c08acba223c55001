"""Workers under seal: who held which post where."""

from __future__ import annotations

from gezhi.contexts.workforce.models import Worker
from gezhi.platform.audit.evidence import under_seal

under_seal(Worker)
