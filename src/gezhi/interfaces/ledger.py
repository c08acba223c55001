"""The monthly ledger (月度台账) of a street or a body: a line for each case reported in the month, all of it from the record.

It holds no person, and numbers in the words of reporters are masked: a ledger goes round.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.cases import queries as cases
from gezhi.contexts.organisations import queries as organisations
from gezhi.interfaces.web.casework.listing import with_local_areas
from gezhi.interfaces.web.words import CHANNEL, STATUS, english, local_name, of_outcome
from gezhi.interfaces.work.export_cases import with_masked_words
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.reading import row_id
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import lineage_of
from gezhi.platform.steps.inputs import Choice

_MONTH = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])", re.ASCII)
ORDER = "newest"


def _instant(value: datetime | None) -> str:
    return "" if value is None else f"{timezone.localtime(value):%Y-%m-%d %H:%M}"


def _solved(row: cases.CaseRow) -> str | Promise:
    solved = row["rating_solved"]
    return "" if solved is None else _("Solved") if solved else _("Not solved")


# Width of a day with its time.
_MOMENT = 17
# Heading, width in characters, cell.
COLUMNS: tuple[tuple[str | Promise, int, Callable[[cases.CaseRow], object]], ...] = (
    (_("Number"), 18, lambda row: row["number"]),
    (_("Reported at"), _MOMENT, lambda row: _instant(row["reported_at"])),
    (_("Channel"), 10, lambda row: CHANNEL.get(row["channel"], row["channel"])),
    (_("Category"), 18, lambda row: local_name(cases.class_name(row["class_code"]))),
    (_("Community"), 16, lambda row: row["community_name"]),
    (_("Address"), 24, lambda row: row["address"]),
    (_("Description (beginning)"), 40, lambda row: row["excerpt"]),
    (_("Body in charge"), 18, lambda row: row["organisation_name"]),
    (_("Due at"), _MOMENT, lambda row: _instant(row["due_at"])),
    (pgettext_lazy("column", "State"), 10, lambda row: STATUS.get(row["status"], row["status"])),
    (_("Outcome"), 14, lambda row: of_outcome(row["outcome"]) if row["outcome"] else ""),
    (_("Closed at"), _MOMENT, lambda row: _instant(row["closed_at"])),
    (_("The reporter's word"), 10, _solved),
)

# The columns whose cells stand on one line, by their place: a moment that breaks is read as two.
ONE_LINE: frozenset[int] = frozenset(at for at, (_heading, width, _cell) in enumerate(COLUMNS) if width == _MOMENT)


def month_of(text: str) -> date:
    """The first day of a month written ``2026-11``. Raises ``InvalidInput``."""
    found = _MONTH.fullmatch(text.strip())
    if found is None:
        raise InvalidInput("bad_month", filled("'%(text)s' is no month such as 2026-11", text=text[:20]), field="month")
    return date.fromisoformat(f"{found[0]}-01")


def ledger_filters(*, month: str, street: str, body: str) -> cases.Filters:
    """The cases of a ledger; ``street`` and ``body`` are ids as texts, empty for all that the reader sees.

    Raises ``InvalidInput``.
    """
    first = month_of(month)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    zone = timezone.get_default_timezone()
    return cases.Filters(
        reported_from=datetime.combine(first, time.min, zone),
        reported_to=datetime.combine(after, time.min, zone),
        area=("street", _id(street, "street")) if street else None,
        organisation_id=_id(body, "body") if body else None,
    )


def _id(text: str, field: str) -> int:
    found = row_id(text)
    if found is None:
        raise InvalidInput("input_unknown", f"{field} is none of those to choose from", field=field)
    return found


def streets_offered(actor: Actor) -> list[Choice]:
    """The streets in which the actor has a role, or above or below one of theirs."""
    held = {grant.area_id for grant in actor.grants}
    above = frozenset().union(*(lineage_of(area_id) for area_id in held)) if held else frozenset()
    streets = areas.areas_of_level(AreaLevel.STREET)
    return [Choice(str(one.id), local_name(one)) for one in streets if one.id in above or lineage_of(one.id) & held]


def bodies_offered(actor: Actor) -> list[Choice]:
    """The bodies in use: those of an officer, or all of them for whoever sees more than one body's cases."""
    own = {grant.organisation_id for grant in actor.grants}
    found = organisations.all_organisations()
    return [Choice(str(one.id), local_name(one)) for one in found if None in own or one.id in own]


def titled(actor: Actor, *, month: str, street: str, body: str) -> list[str]:
    """What a ledger is of, for its heading: the month, the street, the body."""
    names = {("street", one.value): str(one.label) for one in streets_offered(actor)}
    names |= {("body", one.value): str(one.label) for one in bodies_offered(actor)}
    found = [f"{month_of(month):%Y-%m}", names.get(("street", street), ""), names.get(("body", body), "")]
    return [part for part in found if part]


def lines_of(rows: Sequence[cases.CaseRow]) -> list[Sequence[object]]:
    """The cells of each case, with areas and bodies by their names in the reader's language. One query, in English only."""
    keys = {row["organisation_id"] for row in rows if row["organisation_id"] is not None} if english() else set()
    bodies = {key: local_name(body) for key, body in organisations.organisations_by_id(keys).items()} if keys else {}
    return [
        _line(with_local_areas(row), bodies.get(row["organisation_id"] or 0, row["organisation_name"])) for row in rows
    ]


def _line(row: cases.CaseRow, body: str | None) -> Sequence[object]:
    shown: cases.CaseRow = {**with_masked_words(row), "organisation_name": body}
    return [cell(shown) for _heading, _width, cell in COLUMNS]
