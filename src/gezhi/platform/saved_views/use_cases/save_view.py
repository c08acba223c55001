"""Keep the filters of a list under a name."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import QueryDict

from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.kernel.formalism import refuse_formalism
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import require
from gezhi.platform.saved_views.models import SavedView
from gezhi.platform.saved_views.policy import Office
from gezhi.platform.saved_views.queries import ViewRow, row_of
from gezhi.platform.saved_views.record import record_shared
from gezhi.platform.steps.listing import ListTool

F = TypeVar("F")
MOST_VIEWS = 30
LONGEST_NAME = 40
# Signs that are not seen and make one sign of those around them: joiners (families, scripts), tags (flags of regions).
_JOINS = re.compile("[\u200c\u200d\U000e0020-\U000e007f]")


def save_view(
    *, actor: Actor, tool: ListTool[F, Any], query: str, name: str, office: Office | None = None, now: datetime
) -> ViewRow:
    """Save what ``query`` narrows the list to and how it orders it, for the person or for an office of theirs. Nothing else of it
    is kept.

    Raises ``NotAllowed`` for an office that is not theirs, ``InvalidInput`` for filters that cannot be read, none at all, or a
    bad name, ``Conflict`` for a name that they have given already and for more than 30 views.
    """
    # Nobody without an account gets past the question that follows.
    person = actor.user_id or 0
    view = SavedView(saved_by_id=person, list_name=tool.name, saved_at=now)
    if office is not None:
        view.role, view.area_id, view.organisation_id = office.role.value, office.area_id, office.organisation_id
    require(actor, "save_view", view)
    filters = tool.filters_from(query, actor=actor, now=now)
    order = order_in(tool, query)
    pairs = tool.pairs_of(filters, actor=actor, now=now)
    view.query, view.name = urlencode([*pairs, *([("sort", order)] if order else [])]), readable(name)
    if not view.query:
        raise InvalidInput("view_empty", "nothing narrows this list; set a filter first", field="query")
    with transaction.atomic():
        # Lock the person: two savings at once must not pass the limit.
        get_user_model().objects.select_for_update().get(pk=person)
        theirs = SavedView.objects.filter(saved_by_id=person)
        require_free(view)
        if theirs.count() >= MOST_VIEWS:
            raise Conflict("too_many_views", f"{MOST_VIEWS} saved views are the limit; delete one first", field="name")
        view.save(force_insert=True)
        record_shared(view, actor=actor, action="views.shared", now=now)
    return row_of(view)


def order_in(tool: ListTool[F, Any], query: str) -> str:
    """The order that an address asks for; empty: the list's own. Raises ``InvalidInput`` for one that the list has not."""
    order = QueryDict(query).get("sort", "")
    if order and order not in tool.sorts:
        raise InvalidInput("unknown_sort", f"sort by {' or '.join(tool.sorts)}, not '{order}'", field="sort")
    return order


def readable(name: str) -> str:
    """A name as it is kept. Raises ``InvalidInput`` for none that is seen, one that is too long or cannot be stored, and for what
    the guard against formalism refuses.

    Its length is counted in code points, as the database and the forms count: a composed emoji is several.
    """
    name = " ".join(name.split())
    if not _JOINS.sub("", name).strip():
        raise InvalidInput("view_name_missing", "give the view a name", field="name")
    if len(name) > LONGEST_NAME:
        raise InvalidInput("view_name_too_long", f"a name has at most {LONGEST_NAME} characters", field="name")
    if not _JOINS.sub("", name).isprintable():
        raise InvalidInput("control_character", "the name holds a character that cannot be stored", field="name")
    refuse_formalism([name], field="name")
    return name


def require_free(view: SavedView) -> None:
    """Raise ``Conflict`` where whoever saved the view has another of its name. Call it with the person locked."""
    others = SavedView.objects.filter(saved_by_id=view.saved_by_id, list_name=view.list_name, name=view.name)
    if others.exclude(pk=view.pk).exists():
        raise Conflict("view_exists", f"there is a view '{view.name}' already", field="name")
