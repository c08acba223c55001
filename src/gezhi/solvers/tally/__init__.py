"""Owners' decisions under the law: who may vote, whose ballot counts, and whether a matter passed.

Given: the frozen roll (units with areas in 0.01 m², owners, co-owners, the developer's unsold units), ballots over
several channels, proxies, a scope (estate, building, stairwell; which kinds of unit count) and a rule as data.
Heads: units with the same set of owners are one head h with area a(h) = Σ areas and one voice v(h) in {yes, no,
abstain, invalid, absent}. Hard constraints: each head and each unit counts once; yes + no + abstain + invalid =
participating, and with absent the whole roll. Outcome (Civil Code art. 278): participation needs ≥ 2/3 of all area
and ≥ 2/3 of all heads; passing needs ≥ 3/4 (items 6–8) or > 1/2 (all others) of the participating area and heads.
Method: an exact count in integers, each gate by cross-multiplication (part × denominator against whole × numerator);
no floating point anywhere. O(n log n) in units and ballots, independent of their order.
Reference: Civil Code of the PRC art. 278 and 1259; the Supreme People's Court's interpretation on ownership of
buildings, art. 8 and 9. ``binding`` fixes the vote before it is counted; ``verify_tally`` recounts a proof, and
``verify_receipt`` checks what one owner was given, each with nothing but the standard library.
"""

from gezhi.solvers.tally.ballots import Ballot, Handling, Proxy, checked_papers
from gezhi.solvers.tally.binding import (
    Bound,
    Closed,
    check_words,
    close_vote,
    digest_of,
    opening_document,
    opening_parts,
    secret_of,
    statement,
)
from gezhi.solvers.tally.gates import Decision, Outcome, Totals, decide
from gezhi.solvers.tally.proof import proof_file
from gezhi.solvers.tally.roll import Owner, Roll, Scope, Unit, heads_of, roll_hash, voters_of
from gezhi.solvers.tally.rules import CIVIL_CODE_278, RULES, Rule, rule
from gezhi.solvers.tally.tally import Procedure, Result, certify, tally

__all__ = [
    "CIVIL_CODE_278",
    "RULES",
    "Ballot",
    "Bound",
    "Closed",
    "Decision",
    "Handling",
    "Outcome",
    "Owner",
    "Procedure",
    "Proxy",
    "Result",
    "Roll",
    "Rule",
    "Scope",
    "Totals",
    "Unit",
    "certify",
    "check_words",
    "checked_papers",
    "close_vote",
    "decide",
    "digest_of",
    "heads_of",
    "opening_document",
    "opening_parts",
    "proof_file",
    "roll_hash",
    "rule",
    "secret_of",
    "statement",
    "tally",
    "voters_of",
]
