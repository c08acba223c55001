"""The rows of the hub's list.

A page shows fifty, and the hub asks for it again and again. Twenty-five template nodes a row took four fifths of the time
of the whole answer, so a row is one format here, and what is the same in all rows is worked out once a list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils.http import RFC3986_SUBDELIMS
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from gezhi.interfaces.web.casework.listing import ListedCase, Listing
from gezhi.interfaces.web.moments import Moments
from gezhi.interfaces.web.templatetags.gezhi import status_chip
from gezhi.interfaces.web.words import REQUEST

register = template.Library()

_ROW = """<a class="list-row"{id} data-case="{number}"{swap} href="{link}"
  hx-get="{link}" hx-target="#case" hx-swap="innerHTML show:window:top" hx-push-url="true"{current}>
  <span class="row row-spread row-tight">{status}{time}</span>
  <span class="case-title">{excerpt}</span>
  <span class="case-meta"><span>{class_name}</span><span>{place}</span>{marks}</span>
</a>
"""
_PICK = '<input class="row-pick" type="checkbox" name="number" value="{number}" form="picked" aria-label="{label}">'
_MARK = '<span class="chip" data-tone="urgent">{}</span>'
_PLAIN = '<span class="chip chip-plain">{}</span>'
_ASKED = '<span class="chip" data-tone="warn">{}</span>'
_JOINED = '<span class="chip">{} {}</span>'
_CURRENT, _SWAP = ' aria-current="true"', ' hx-swap-oob="true"'
# Stands for a number in an address; what ``reverse`` leaves as it is.
_NUMBER = "NUMBER"


@dataclass(slots=True)
class _Rows:
    """Makes rows, each with the words, chips and addresses that an earlier one had already.

    ``query``: what a row's address adds to the case's own, so that the list beside the case stays the same.
    """

    query: str
    moments: Moments = field(default_factory=Moments)
    address: tuple[str, str] = field(init=False)
    needs_attention: str = field(init=False)
    urgent: str = field(init=False)
    joined: str = field(init=False)
    returned: str = field(init=False)
    reworked: str = field(init=False)
    asked: dict[str, str] = field(init=False)
    choose: str = field(init=False)
    chips: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        before, _, after = reverse("hub-case", args=[_NUMBER]).partition(_NUMBER)
        self.address = before, f"{after}?{self.query}" if self.query else after
        self.needs_attention = _MARK.format(escape(gettext("Needs attention")))
        self.joined = escape(gettext("reports of it"))
        self.returned, self.reworked = escape(gettext("Returned before")), escape(gettext("Done over before"))
        self.asked = {request: _ASKED.format(escape(str(words))) for request, words in REQUEST.items()}
        self.choose = gettext("Choose %(number)s")
        self.urgent = _MARK.format(escape(gettext("Urgent")))

    def pick(self, row: ListedCase) -> str:
        """The box that chooses the row among several; the page shows it when somebody chooses."""
        number = escape(row["number"])
        return _PICK.format(number=number, label=escape(self.choose % {"number": row["number"]}))

    def row(self, row: ListedCase, *, current: bool = False, swap: bool = False, listed: bool = True) -> str:
        """``listed``: it is the row of the list itself, which its id names."""
        number, status, of_class, before_and_after = row["number"], row["status"], row["class_name"], self.address
        chip = self.chips.get(status)
        if chip is None:
            chip = self.chips[status] = status_chip(status)
        deadline = row["due_at"]
        joined = _JOINED.format(row["joined_count"] + 1, self.joined) if row["joined_count"] else ""
        again = (_PLAIN.format(self.returned) if row["return_count"] else "") + (
            _PLAIN.format(self.reworked) if row["rework_count"] else ""
        )
        marks = (
            joined
            + again
            + self.asked.get(row["request"], "")
            + (self.needs_attention if row["needs_attention"] else "")
        )
        return _ROW.format(
            id=f' id="row-{escape(number)}"' if listed else "",
            number=escape(number),
            swap=_SWAP if swap else "",
            link=escape(quote(number, safe=RFC3986_SUBDELIMS + "/~:@").join(before_and_after)),
            current=_CURRENT if current else "",
            status=chip,
            time=self.moments.due(deadline, status)
            if deadline
            else f'<span class="due">{self.moments.short(row["closed_at"] or row["reported_at"])}</span>',
            excerpt=escape(row["excerpt"]),
            class_name=escape((of_class.name_en if self.moments.english else "") or of_class.name),
            place=escape(row["community_name"] or row["street_name"] or ""),
            marks=marks + self.urgent if row["urgency"] == "urgent" else marks,
        )


@register.simple_tag
def hub_rows(listing: Listing, chosen: str) -> SafeString:
    """The rows of a list as items; the ``chosen`` case is marked."""
    rows = _Rows(listing.address)
    items = "".join(
        f"<li>{rows.pick(row)}{rows.row(row, current=row['number'] == chosen)}</li>" for row in listing.rows
    )
    return mark_safe(items)  # noqa: S308 - each value is escaped where it is put in


@register.simple_tag
def hub_row(row: ListedCase, link: str) -> SafeString:
    """One row that takes the place of the same case's on the screen: the case beside the list has changed. ``link``: what a
    row's address adds to the case's own."""
    return mark_safe(_Rows(link).row(row, current=True, swap=True))  # noqa: S308 - escaped, as above


@register.simple_tag
def single_row(row: ListedCase, link: str) -> SafeString:
    """The row of one case beside the list's own: pressed on the map, or asked for to renew the one in the list."""
    return mark_safe(_Rows(link).row(row, listed=False))  # noqa: S308 - escaped, as above
