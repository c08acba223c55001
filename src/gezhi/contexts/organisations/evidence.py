"""Organisations under seal: routing names them."""

from __future__ import annotations

from gezhi.contexts.organisations.models import Organisation
from gezhi.platform.audit.evidence import under_seal

under_seal(Organisation)
