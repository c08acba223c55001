"""The saved views of the hub's list, as its page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.cases.queries import CASES
from gezhi.contexts.organisations import queries as organisations
from gezhi.interfaces.web.casework.listing import Listing
from gezhi.interfaces.web.casework.queues import HubAddresses
from gezhi.interfaces.web.words import ROLE, local_name, place_of_grant
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.access.actor import Actor, HeldGrant
from gezhi.platform.saved_views.policy import Office, offices_of
from gezhi.platform.saved_views.queries import ViewRow, views_of
from gezhi.platform.saved_views.use_cases.save_view import order_in


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved view that leads to its list. ``shared_by``: the office in words; empty for one's own."""

    id: int
    name: str
    query: str
    current: bool
    shared_by: str
    narrowed_by: str


# As many stand above the list; of more, only the current one, and the others behind a fold.
MOST_ABOVE = 6


@dataclass(frozen=True, slots=True)
class Row:
    """The saved views above a list."""

    above: list[Tab]
    folded: list[Tab]

    def __bool__(self) -> bool:
        return bool(self.above or self.folded)


def row_of(tabs: list[Tab]) -> Row:
    """The views as they stand above a list: however many there are, they leave the list its place on a phone."""
    if len(tabs) <= MOST_ABOVE:
        return Row(tabs, [])
    return Row([tab for tab in tabs if tab.current], [tab for tab in tabs if not tab.current])


def tabs_of(
    actor: Actor, now: datetime, *, views: Sequence[ViewRow] | None = None, shown: Listing | None = None
) -> list[Tab]:
    """The views that the person has. One query where they are not given, and one for each area or body that a view names where none
    is shown."""
    views = views_of(actor, CASES) if views is None else views
    if not views:
        return []
    offices, addresses = offices_of(actor), HubAddresses(actor, now)
    found = []
    for view in views:
        try:
            filters = CASES.filters_from(view.query, actor=actor, now=now)
        except InvalidInput:
            # Saved when the list knew another filter: its address says which, to whoever follows it.
            query, words = f"queue=all&{view.query}", gettext("cannot be opened any more")
        else:
            order = order_in(CASES, view.query)
            query = addresses.query(filters, order)
            words = "" if shown else " · ".join(addresses.words(filters, order))
        tab = Tab(
            id=view.id,
            name=view.name,
            query=query,
            current=shown is not None and shown.query == view.query,
            shared_by="" if view.office is None else office_words(view.office, offices[view.office]),
            narrowed_by=words,
        )
        found.append(tab)
    return found


def office_words(office: Office, grant: HeldGrant) -> str:
    """An office as people call it: the role, and the area or body for which it is held."""
    body = None if office.organisation_id is None else organisations.organisation(office.organisation_id)
    place = local_name(body) if body is not None else place_of_grant(grant)
    return str(_("%(role)s · %(place)s")) % {"role": ROLE[office.role.value], "place": place}
