"""How many grids each part gets, and the proofs of impossibility that need no search."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gezhi.solvers.certificate import Reason
from gezhi.solvers.partition.parts import Part
from gezhi.solvers.partition.task import Network

# So many units are named where a reason concerns more.
NAMED = 20


@dataclass(frozen=True)
class Count:
    """``grids`` of one part, the range within which the band can be kept, and why it cannot where the range is empty."""

    grids: int
    least: int
    most: int
    reason: Reason | None = None

    def exactly(self, grids: int) -> Count:
        """The same part with so many grids and no others."""
        return Count(grids, grids, grids, self.reason)


def named(network: Network, part: Part) -> tuple[str, ...]:
    """The first units of a part."""
    return tuple(network.ids[unit] for unit in part.units[:NAMED])


def _fixed(network: Network, part: Part) -> Count:
    code = network.today[part.units[0]]
    if code in network.locked:
        reason = None
        if not network.low <= part.total <= network.high:
            words = f"locked grid '{network.today_names[code]}' holds {part.total} households"
            reason = Reason("locked_grid_out_of_band", words, (network.today_names[code],))
        return Count(1, 1, 1, reason)
    big = part.units[network.households[part.units] > network.high]
    names = tuple(network.ids[unit] for unit in big)
    words = f"unit '{names[0]}' alone holds {network.households[big[0]]} households, more than {network.high}"
    return Count(1, 1, 1, Reason("unit_above_band", words, names))


def _free(network: Network, part: Part) -> Count:
    low, high, total, nodes = network.low, network.high, part.total, part.most_grids
    least = max(1, -(-total // high) if high else 1)
    most = min(nodes, total // low if low else nodes)
    if least <= most:
        wanted = len(part.today_grids)
        # At the end of the range grids are full or empty to the last household: of no use where today's number is not kept.
        if not least <= wanted <= most:
            wanted = round(2 * total / (low + high)) if total else 1
        return Count(min(max(wanted, least), most), least, most)
    names = named(network, part)
    where = f"{len(part.units)} connected units with {total} households in all"
    if total < low:
        reason = Reason("isolated_component", f"{where} have no neighbour to join, and {low} are needed", names)
    elif least <= nodes:
        words = f"{where} cannot be divided: {least - 1} grids hold too few, {least} need {least * low}"
        reason = Reason("not_divisible", words, names)
    else:
        reason = Reason("units_too_large", f"{where} cannot be divided into {least} grids: compounds stay whole", names)
    # The nearest plan: fewest grids out of band.
    grids = max(1, min(nodes, total // low if low else 1))
    return Count(grids, grids, grids, reason)


def count_grids(network: Network, parts: Sequence[Part]) -> tuple[list[Count], Reason | None]:
    """The number of grids of each part; a reason if the number asked for cannot be had.

    A free number is today's where that is possible, else that nearest to the middle of the band. A number asked for is
    spread over the parts so that their means are near the middle of the band; ``spread`` looks for a better one.
    """
    counts = [_fixed(network, part) if part.fixed else _free(network, part) for part in parts]
    if network.k is None:
        return counts, None
    least, most = sum(count.least for count in counts), sum(count.most for count in counts)
    if not least <= network.k <= most:
        nodes = sum(1 if part.fixed else part.most_grids for part in parts)
        if network.k > nodes:
            words = f"{network.k} grids cannot be made of {nodes} units and undivided groups"
            return counts, Reason("more_grids_than_units", words)
        range_words = f"; from {least} to {most} can" if least < most else f"; exactly {least} can"
        if any(count.reason for count in counts):
            range_words = ""
        total = int(network.households.sum())
        words = (
            f"{network.k} grids of [{network.low}, {network.high}] households cannot be made of {total} households in "
            f"{len(parts)} connected parts{range_words}"
        )
        return counts, Reason("number_of_grids", words)
    return _spread(network, parts, counts, network.k), None


def _spread(network: Network, parts: Sequence[Part], counts: list[Count], wanted: int) -> list[Count]:
    grids = [count.grids for count in counts]
    step = 1 if wanted > sum(grids) else -1
    middle = (network.low + network.high) / 2

    def strain(place: int) -> float:
        return abs(parts[place].total / (grids[place] + step) - middle)

    def may(place: int) -> bool:
        return counts[place].least <= grids[place] + step <= counts[place].most

    heap = [(strain(place), place) for place in range(len(parts)) if may(place)]
    heapq.heapify(heap)
    for _ in range(abs(wanted - sum(grids))):
        _, place = heapq.heappop(heap)
        grids[place] += step
        if may(place):
            heapq.heappush(heap, (strain(place), place))
    return [replace(count, grids=number) for number, count in zip(grids, counts, strict=True)]
