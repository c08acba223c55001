"""From a case of the hub back to where it was opened: the list, or the list's map, with the same filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from gezhi.contexts.cases.queries import CASES
from gezhi.interfaces.web.casework.listing import FROM_MAP
from gezhi.platform.steps.addresses import Pairs

_LIST = frozenset({"queue", "sort", "cursor", *CASES.names})


@dataclass(frozen=True, slots=True)
class WayBack:
    """``query``: the list's address, empty where the case was opened without one; ``to_map``: it was opened from the map."""

    query: str
    to_map: bool

    @property
    def link(self) -> str:
        """What the address of another case of the list adds to the case's own."""
        return "&".join(part for part in (self.query, f"{FROM_MAP}=1" if self.to_map else "") if part)


def way_back(request: HttpRequest) -> WayBack:
    """Read from the request's own address; where that says nothing, from the page on which a part is changed."""
    asked = request.GET
    if not asked:
        htmx: Any = request.htmx  # type: ignore[attr-defined]
        asked = QueryDict((htmx.current_url or "").partition("#")[0].partition("?")[2])
    pairs: Pairs = [(name, text) for name, texts in asked.lists() if name in _LIST for text in texts if text.strip()]
    return WayBack(urlencode(pairs), FROM_MAP in asked)
