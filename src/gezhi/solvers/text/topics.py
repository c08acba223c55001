"""Hot topics: many messages on the same matter, at the same place, close in time; and whether they are growing.

Messages i, j are linked when the cosine of their features is at least ``LINK``; where both name particular places and
share one, their cosine counts ``TOGETHER`` times, where they share none, ``ELSEWHERE`` times. Each connected part is cut
by average linkage at 1 − ``SAME``: a topic is a set whose members are alike on average, so that no chain of half-alike
messages becomes one. Topics of one matter that is told in several ways are then put together (``matters.py``). Heat is the
greatest sum of weights (1 + ln(1 + votes)) in any window of ``window_s``. Deterministic; the order of messages does not matter.
Sparse products, then O(m² log m) for the largest connected part of m messages, which is linked anew at a stricter cosine while m
exceeds ``MOST_TOGETHER``, then what ``matters.py`` takes.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import Cancelled, Progress, ShouldStop, never, silent
from gezhi.solvers.distinct import require_distinct
from gezhi.solvers.text.features import learn
from gezhi.solvers.text.matters import one_matter
from gezhi.solvers.text.message import Message
from gezhi.solvers.text.similar import like_pairs, rows_of_one

LINK = 0.16
SAME = 0.11
TOGETHER = 1.3
ELSEWHERE = 0.15
MOST_TOGETHER = 3_000
# All are compared with all.
MOST_MESSAGES = 100_000
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Topic:
    """A hot topic. ``messages`` are ids, the most typical first; ``words`` and ``places`` are those most of them share.

    ``heat``: greatest weight in any window; ``peak``: messages in that window, which begins at ``peak_from_s``.
    ``recent`` and ``before``: messages in the last window before ``now_s`` and in the one before that; ``growing``: at least
    three recent ones, and more than twice those before. ``likeness``: mean cosine to the topic's centre.
    """

    messages: tuple[str, ...]
    words: tuple[str, ...]
    places: tuple[str, ...]
    first_s: float
    last_s: float
    heat: float
    peak: int
    peak_from_s: float
    recent: int
    before: int
    growing: bool
    likeness: float


def hot_topics(
    messages: Sequence[Message],
    *,
    now_s: float | None = None,
    window_s: float = 60 * DAY_S,
    least: int = 3,
    should_stop: ShouldStop = never,
    progress: Progress = silent,
) -> list[Topic]:
    """Topics of at least ``least`` messages, the hottest first; ``now_s`` is the last message's time if None.

    Messages after ``now_s`` are left out. Raises ``InvalidInput`` for a repeated id, a time or a count that cannot
    be, ``Cancelled``.
    """
    if len(messages) > MOST_MESSAGES:
        raise InvalidInput("topics.too_many", f"more than {MOST_MESSAGES}: look at a shorter time", field="messages")
    require_distinct([message.id for message in messages], code="topics.id_twice", field="messages[{}].id")
    for number, message in enumerate(messages):
        if not math.isfinite(message.at_s) or message.votes < 0:
            raise InvalidInput("topics.bad_number", "time or votes cannot be", field=f"messages[{number}]")
    if window_s <= 0 or least < 2:
        raise InvalidInput("topics.bad_window", "needs a window above 0 and two messages at least", field="window")
    now = max((message.at_s for message in messages), default=0.0) if now_s is None else now_s
    known = sorted((message for message in messages if message.at_s <= now), key=lambda message: message.id)
    if len(known) < least:
        return []
    texts = [message.words for message in known]
    unit = sparse.diags(_shared_part(texts)).dot(rows_of_one(learn(texts).transform(texts))).tocsr()
    alike = [members for members in _groups(known, unit, should_stop, progress) if len(members) > 1]
    found = []
    for members in one_matter(alike, known, unit, should_stop=should_stop):
        if len(members) >= least:
            found.append(_topic([known[place] for place in members], unit[members], now, window_s))
    return sorted(found, key=lambda topic: (-topic.heat, topic.messages[0]))


def _shared_part(texts: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    """√ of the part of each text's words that any other text has too.

    Features are n-grams of at least two texts, so a message's own words do not lengthen its row; without this factor two
    messages that share one phrase and nothing else would look alike.
    """
    often = Counter(word for words in texts for word in set(words))
    return np.sqrt([sum(often[word] > 1 for word in set(words)) / max(1, len(set(words))) for words in texts])


def _groups(
    known: Sequence[Message], unit: sparse.csr_matrix, should_stop: ShouldStop, progress: Progress
) -> list[list[int]]:
    i, j, cosine = like_pairs(unit, LINK, should_stop=should_stop, progress=progress)
    # Same place: more alike than the words say; another place: less. Unknown place: the words alone.
    factor = [
        (TOGETHER if known[a].places & known[b].places else ELSEWHERE) if known[a].places and known[b].places else 1.0
        for a, b in zip(i.tolist(), j.tolist(), strict=True)
    ]
    cosine = np.minimum(1.0, cosine * np.array(factor, dtype=np.float64))
    groups: list[list[int]] = []
    waiting = [(np.arange(len(known), dtype=np.int64), LINK)]
    while waiting:
        if should_stop():
            raise Cancelled
        members, link = waiting.pop()
        place = np.full(len(known), -1, dtype=np.int64)
        place[members] = np.arange(len(members))
        inside = (place[i] >= 0) & (place[j] >= 0) & (cosine >= link)
        a, b, likeness = place[i[inside]], place[j[inside]], cosine[inside]
        graph = sparse.coo_matrix((likeness, (a, b)), shape=(len(members), len(members)))
        number, part = connected_components(graph, directed=False)
        order = np.argsort(part, kind="stable")
        edges = np.searchsorted(part[order], np.arange(number + 1))
        for k in np.flatnonzero(np.diff(edges) > 1).tolist():
            some = order[edges[k] : edges[k + 1]]
            if len(some) > MOST_TOGETHER:
                waiting.append((members[some], link * 1.15))
            else:
                groups += [members[some[cut]].tolist() for cut in _cut(some, graph.tocsr())]
    return groups


def _cut(some: NDArray[np.int64], graph: sparse.csr_matrix) -> list[NDArray[np.int64]]:
    """Average linkage within one connected part; pairs that are not linked count as not alike."""
    likeness = np.asarray(graph[some][:, some].todense())
    # A cosine of equal texts may be a hair above 1.
    distance = np.maximum(0.0, 1.0 - (likeness + likeness.T))
    np.fill_diagonal(distance, 0.0)
    label = fcluster(linkage(squareform(distance, checks=False), method="average"), 1.0 - SAME, criterion="distance")
    return [np.flatnonzero(label == one) for one in np.unique(label)]


def _topic(members: Sequence[Message], unit: sparse.csr_matrix, now: float, window_s: float) -> Topic:
    centre = np.asarray(unit.mean(axis=0)).ravel()
    likeness = unit @ centre / (np.sqrt(centre @ centre) or 1.0)
    typical = sorted(range(len(members)), key=lambda place: (-round(float(likeness[place]), 9), members[place].id))
    half = len(members) / 2
    words = Counter(word for message in members for word in set(message.words) if len(word) > 1 and not word.isdigit())
    names = Counter(name for message in members for name in message.places)
    times = sorted((message.at_s, 1 + math.log1p(message.votes)) for message in members)
    heat, peak, peak_from, first, weight = 0.0, 0, times[0][0], 0, 0.0
    for last, (at, gain) in enumerate(times):
        weight += gain
        while times[first][0] < at - window_s:
            weight -= times[first][1]
            first += 1
        if weight > heat + 1e-9:
            heat, peak, peak_from = weight, last - first + 1, times[first][0]
    recent = sum(1 for at, _ in times if at > now - window_s)
    before = sum(1 for at, _ in times if now - 2 * window_s < at <= now - window_s)
    return Topic(
        messages=tuple(members[place].id for place in typical),
        words=tuple(word for word, number in _most(words, half)),
        places=tuple(name for name, number in _most(names, max(2.0, half))),
        first_s=times[0][0],
        last_s=times[-1][0],
        heat=heat,
        peak=peak,
        peak_from_s=peak_from,
        recent=recent,
        before=before,
        growing=recent >= 3 and recent > 2 * before,
        likeness=float(likeness.mean()),
    )


def _most(counted: Counter[str], least: float, limit: int = 8) -> list[tuple[str, int]]:
    ordered = sorted(counted.items(), key=lambda item: (-item[1], -len(item[0]), item[0]))
    return [(name, number) for name, number in ordered if number >= least][:limit]
