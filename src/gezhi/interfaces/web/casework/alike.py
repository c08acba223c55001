"""Which other cases are likely the same as the one on the page, with the reasons in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.cases.domain.duplicates import Likeness, Tie
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.queries import (
    CasePage,
    ClassName,
    LikelyCase,
    class_name,
    likely_duplicates,
    matter_of,
    taken_apart,
)
from gezhi.interfaces.web.moments import span_words
from gezhi.interfaces.web.templatetags.gezhi import distance
from gezhi.interfaces.web.words import english
from gezhi.platform.access.actor import Actor

_MOST = 5
# A mark is no better than this.
_SAME_PLACE_M = 5.0
_VERY_LIKELY = 0.9
_TIES: dict[Tie, Promise] = {
    Tie.SAME: _("the same class"),
    Tie.MIXED_UP: _("a class that is often taken for this one"),
    Tie.SAME_MAJOR: _("a class of the same group"),
    Tie.UNKNOWN: _("a class that is not certain"),
}


@dataclass(frozen=True, slots=True)
class AlikeCase:
    """A case that is likely the same. ``reasons``: what speaks for it, in words."""

    number: str
    class_name: ClassName
    status: str
    excerpt: str
    very_likely: bool
    reasons: tuple[str, ...]


def may_be_alike(page: CasePage) -> bool:
    """Whether others are looked for at all: it costs as much as the rest of the page, which does not wait for it."""
    return CaseStatus(page.case["status"]).is_open and not page.details.is_part


def alike_cases(actor: Actor, page: CasePage, *, now: datetime) -> list[AlikeCase]:
    """The cases that are likely the same as an open one, the likeliest first; none for a case that has ended, nor for a part, which
    goes with its whole."""
    matter = matter_of(page) if may_be_alike(page) else None
    if matter is None:
        return []
    apart = taken_apart(page.history)
    found = likely_duplicates(actor, matter, number=page.case["number"], now=now, limit=_MOST, apart=apart)
    return [_alike(one, later=one.reported_at > matter.reported_at) for one in found]


def _alike(one: LikelyCase, *, later: bool) -> AlikeCase:
    return AlikeCase(
        number=one.number,
        class_name=class_name(one.class_code),
        status=one.status,
        excerpt=one.excerpt,
        very_likely=one.why.chance >= _VERY_LIKELY,
        reasons=tuple(_reasons(one.why, later=later)),
    )


def _reasons(why: Likeness, *, later: bool) -> Iterator[str]:
    if why.metres < _SAME_PLACE_M:
        yield gettext("the same place")
    else:
        yield gettext("%(distance)s away") % {"distance": distance(why.metres)}
    yield str(_TIES[why.tie])
    told = {"span": span_words(why.gap)}
    yield gettext("reported %(span)s later") % told if later else gettext("reported %(span)s earlier") % told
    if not why.still_open:
        yield gettext("the earlier one was closed before the later one came")
    if why.phrases:
        yield gettext("both say %(phrases)s") % {"phrases": _quoted(why.phrases)}


def _quoted(phrases: tuple[str, ...]) -> str:
    return ", ".join(f"“{phrase}”" for phrase in phrases) if english() else "".join(f"“{phrase}”" for phrase in phrases)
