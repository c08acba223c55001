"""What the powers context answers."""

from gezhi.contexts.powers.queries.holdings import (
    HOLDINGS,
    HoldingFilters,
    HoldingPage,
    LyingPower,
    PlacedPower,
    Spread,
    counts_by_status,
    holding_page,
    places_of,
    powers_lying,
    spread_of,
    steps_of,
    words_of_last_steps,
)
from gezhi.contexts.powers.queries.register import (
    ListedPower,
    PowerOfClass,
    PowersFound,
    count_powers,
    find_powers,
    power_of,
    powers_of_class,
)
from gezhi.contexts.powers.queries.standing import register_in_memory, standing_at
from gezhi.contexts.powers.rows import HoldingRow

__all__ = [
    "HOLDINGS",
    "HoldingFilters",
    "HoldingPage",
    "HoldingRow",
    "ListedPower",
    "LyingPower",
    "PlacedPower",
    "PowerOfClass",
    "PowersFound",
    "Spread",
    "count_powers",
    "counts_by_status",
    "find_powers",
    "holding_page",
    "places_of",
    "power_of",
    "powers_lying",
    "powers_of_class",
    "register_in_memory",
    "spread_of",
    "standing_at",
    "steps_of",
    "words_of_last_steps",
]
