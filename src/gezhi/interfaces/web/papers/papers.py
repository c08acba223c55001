"""What stands on each form of a case (案卷, 核实单, 处置单), all of it from the record.

A form is groups of fields with a name and a text, the history, and lines to sign on. A page, a PDF file and a workbook are made
of the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from gezhi.contexts.cases.queries import CasePage
from gezhi.interfaces.web.casework.history import Told, last_rating
from gezhi.interfaces.web.words import (
    CHANNEL,
    STATUS,
    URGENCY,
    VERIFIED,
    date_words,
    limit_words,
    local_name,
    of_outcome,
)
from gezhi.kernel.personal import masked, masked_number, masked_person

Words = str | Promise
Lines = list[tuple[Words, Words]]
_NONE = "—"


@dataclass(frozen=True, slots=True)
class Revealed:
    """What is personal on a form, by somebody's reason: the reporter's data, and whether they and the words stand in full."""

    reporter: Mapping[str, str]
    full: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A part of a form: its heading, and name and text of each field."""

    heading: Words
    lines: Lines


@dataclass(frozen=True, slots=True)
class Happened:
    """A step on a form."""

    when: str
    what: str
    who: str
    note: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A form that is filled in. ``signs``: who signs it by hand."""

    title: Words
    number: str
    groups: list[Group]
    history: list[Happened]
    signs: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A kind of form: its name, the parts that it has, whether with the history, and who signs."""

    title: Words
    parts: tuple[Callable[[_Source], Group], ...]
    history: bool
    signs: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    """The case's page in words (``case_context``), and what is personal."""

    context: Mapping[str, Any]
    revealed: Revealed | None

    @property
    def page(self) -> CasePage:
        page: CasePage = self.context["page"]
        return page

    def words(self, text: str) -> str:
        """Words of people, with numbers masked but where they stand in full by a reason."""
        return text if self.revealed is not None and self.revealed.full else masked(text)


def instant(moment: datetime | None) -> str:
    """Date and minute, local; a dash for none."""
    return _NONE if moment is None else f"{date_words(moment)} {timezone.localtime(moment):%H:%M}"


def _matter(of: _Source) -> Group:
    case, details, context = of.page.case, of.page.details, of.context
    lines: Lines = [
        (_("Number"), case["number"]),
        (pgettext("column", "State"), STATUS.get(case["status"], case["status"])),
        (_("Category"), f"{local_name(context['class'])} ({case['class_code']})"),
        (_("Urgency"), URGENCY.get(case["urgency"], case["urgency"])),
        (_("Channel"), CHANNEL.get(case["channel"], case["channel"])),
        (_("Reported at"), instant(case["reported_at"])),
        (_("Place"), of.words(" ".join(filter(None, (context["place_name"], context["address_told"]))))),
        (_("What was reported"), of.words(of.page.description)),
    ]
    if details.condition:
        lines.append((_("Filing condition"), str(details.condition)))
    return Group(_("The matter"), lines)


def _reporter(of: _Source) -> Group:
    if of.revealed is None:
        left = of.page.details.has_personal_data
        said = _("Kept apart from the case; not printed") if left else _("Left no name or number")
        return Group(_("The reporter"), [(_("Name and number"), said)])
    name, phone = of.revealed.reporter.get("name", ""), of.revealed.reporter.get("phone", "")
    if not of.revealed.full:
        name, phone = masked_person(name), masked_number(phone)
    return Group(_("The reporter"), [(_("Name"), name or _NONE), (_("Phone"), phone or _NONE)])


def _terms(of: _Source) -> Group:
    details, context = of.page.details, of.context
    lines: Lines = [
        (_("Responsible body"), local_name(context["body"]) if context["body"] else _NONE),
        (_("Handler"), context["handler"] or _NONE),
        (_("Dispatched at"), instant(details.dispatched_at)),
        (_("Handling limit"), limit_words(details.handle_limit) if details.handle_limit else _NONE),
        (_("Handling deadline"), instant(details.handle_due)),
    ]
    if details.total_limit:
        lines.append((_("Limit of the whole"), limit_words(details.total_limit)))
        lines.append((_("Deadline of the whole"), instant(details.total_due)))
    if details.extension:
        lines.append((_("Extended by"), limit_words(details.extension)))
    if details.closing:
        lines.append((_("Closing condition"), details.closing))
    return Group(_("Responsibility and time"), lines)


def _verification(of: _Source) -> Group:
    details = of.page.details
    found = VERIFIED.get(details.verification, details.verification) if details.verification else _NONE
    lines: Lines = [
        (_("To be verified by"), instant(details.verify_due)),
        (_("Found before filing"), found),
        (_("Result of the check"), _NONE if details.checked_at is None else _("Checked and in order")),
        (_("Checked at"), instant(details.checked_at)),
        (_("Sent back to be done again"), str(of.page.case["rework_count"])),
    ]
    return Group(_("Verification"), lines)


def _handling(of: _Source) -> Group:
    case, details = of.page.case, of.page.details
    lines: Lines = [
        (_("Accepted at"), instant(details.accepted_at)),
        (_("Handled at"), instant(details.handled_at)),
        (_("Result"), of_outcome(case["outcome"]) if case["outcome"] else _NONE),
        (_("In words"), of.words(details.outcome_note) or _NONE),
        *((one.name, of.words(one.told)) for one in of.context["facts"] if one.told),
        (_("Pictures"), str(len(of.context["pictures"]))),
    ]
    return Group(_("Handling"), lines)


def _closing(of: _Source) -> Group:
    case = of.page.case
    rated = last_rating(of.page)
    solved = _("Solved, the reporter says") if rated else _("Not solved, the reporter says")
    lines: Lines = [
        (_("Closed at"), instant(case["closed_at"])),
        (_("The reporter's word"), _NONE if rated is None else solved),
    ]
    return Group(pgettext("part", "Closing"), lines)


def _told(of: _Source, step: Told) -> Happened:
    to = f" → {step.to}" if step.to else ""
    more = [VERIFIED.get(step.finding, step.finding), step.limit, of_outcome(step.outcome) if step.outcome else ""]
    what = " · ".join(str(part) for part in (f"{step.words}{to}", *more) if part)
    return Happened(instant(step.at), what, f"{step.role} {step.who}".strip(), of.words(step.note))


PAPERS: dict[str, PaperKind] = {
    "case": PaperKind(
        gettext_lazy("Case sheet"),
        (_matter, _reporter, _terms, _verification, _handling, _closing),
        True,
        (gettext_lazy("Filed by"), pgettext_lazy("signature", "Date")),
    ),
    "verification": PaperKind(
        gettext_lazy("Verification slip"),
        (_matter, _terms, _verification),
        False,
        (gettext_lazy("Verified by"), pgettext_lazy("signature", "Date")),
    ),
    "handling": PaperKind(
        gettext_lazy("Handling slip"),
        (_matter, _reporter, _terms, _handling),
        False,
        (gettext_lazy("Handled by"), gettext_lazy("For the body"), pgettext_lazy("signature", "Date")),
    ),
}


def paper_of(kind: PaperKind, context: Mapping[str, Any], revealed: Revealed | None = None) -> Paper:
    """A form filled in from ``case_context``. Without ``revealed`` nothing on it is personal."""
    of = _Source(context, revealed)
    history = [_told(of, step) for step in reversed(context["history"])] if kind.history else []
    return Paper(kind.title, of.page.case["number"], [part(of) for part in kind.parts], history, kind.signs)
