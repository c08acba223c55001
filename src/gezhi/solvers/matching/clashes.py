"""What was accepted and cannot be kept, each with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from gezhi.solvers.certificate import Reason
from gezhi.solvers.matching.lists import Accepted, Need, Resource


def clashes(need_of: Mapping[str, Need], resource_of: Mapping[str, Resource], kept: Sequence[Accepted]) -> list[Reason]:
    """Accepted matches that cannot be kept: over a capacity, over a need, of no use to a team, or without consent.

    ``need_of`` holds the needs with consent only. The reasons name no sensitive need.
    """
    reasons = []
    members: Counter[tuple[str, str]] = Counter()
    taken: Counter[tuple[str, str]] = Counter()
    given: Counter[str] = Counter()
    for one in kept:
        if one.need not in need_of:
            words = "an accepted match is of a need without consent: withdraw the match first"
            reasons.append(Reason("no_consent", words, (one.resource,)))
            continue
        taken[one.resource, one.period] += one.quantity
        given[one.need] += one.quantity
        need = need_of[one.need]
        if need.team:
            members[one.need, one.resource] += one.quantity
            if not {role.skill for role in need.team} & set(resource_of[one.resource].skills):
                words = f"{one.resource} is accepted for a team, and has the skill of none of its roles"
                reasons.append(Reason("no_role", words, (one.resource,)))
    for (_, resource), units in sorted(members.items()):
        if units > 1:
            words = f"{resource} is accepted {units} times for one team, and fills one place in it"
            reasons.append(Reason("over_team", words, (resource,)))
    for (resource, period), units in sorted(taken.items()):
        room = resource_of[resource].capacity.get(period, 0)
        if units > room:
            words = f"{units} units of {resource} are accepted in {period}, its capacity is {room}"
            reasons.append(Reason("over_capacity", words, (resource, period)))
    for name, units in sorted(given.items()):
        need = need_of[name]
        most = sum(role.count for role in need.team) or need.quantity
        if units > most:
            shown = "a need" if need.sensitive else name
            reasons.append(Reason("over_need", f"{shown} has {units} units accepted and asks for {most}", (shown,)))
    return reasons
