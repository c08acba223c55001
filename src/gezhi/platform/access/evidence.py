"""Grants and tokens under seal: who may do what is evidence."""

from __future__ import annotations

from gezhi.platform.access.models import ApiToken, AskedRole, Grant
from gezhi.platform.audit.evidence import under_seal

under_seal(Grant)
under_seal(ApiToken)
under_seal(AskedRole)
