"""Areas, their borders and versions under seal: where a case lies decides who must settle it."""

from __future__ import annotations

from gezhi.contexts.areas.models import Area, AreaShape, AreaVersion
from gezhi.platform.audit.evidence import under_seal

# The number of children is the tree's own bookkeeping.
under_seal(Area, but=("numchild",))
under_seal(AreaShape)
under_seal(AreaVersion)
