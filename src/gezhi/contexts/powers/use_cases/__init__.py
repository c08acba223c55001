"""What can be done with a power at a street: one verb, one function."""

from gezhi.contexts.powers.kind import HOLDING
from gezhi.contexts.powers.use_cases.answer_claim import grant_claim, refuse_claim
from gezhi.contexts.powers.use_cases.ask import claim_power, give_power_back
from gezhi.contexts.powers.use_cases.end_holding import keep_power, set_last_day, take_power_back, withdraw_power
from gezhi.contexts.powers.use_cases.exercise_power import exercise_power
from gezhi.platform.steps.verb import Command, StepResult

__all__ = [
    "HOLDING",
    "Command",
    "StepResult",
    "claim_power",
    "exercise_power",
    "give_power_back",
    "grant_claim",
    "keep_power",
    "refuse_claim",
    "set_last_day",
    "take_power_back",
    "withdraw_power",
]
