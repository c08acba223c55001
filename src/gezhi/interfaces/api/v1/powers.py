"""Powers at streets over HTTP: what the frame gives every kind."""

from __future__ import annotations

from gezhi.contexts.powers.queries import HOLDINGS
from gezhi.contexts.powers.use_cases import HOLDING
from gezhi.interfaces.api.v1.steps import router_of

router = router_of(HOLDING, HOLDINGS, sort="newest")
