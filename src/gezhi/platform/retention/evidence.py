"""The table of times under seal: it decides what is erased."""

from __future__ import annotations

from gezhi.platform.audit.evidence import under_seal
from gezhi.platform.retention.models import RetentionTable

under_seal(RetentionTable)
