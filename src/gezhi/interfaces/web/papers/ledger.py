"""The monthly ledger as a page to print; a long one is a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gezhi.contexts.cases import queries as cases
from gezhi.interfaces import problem
from gezhi.interfaces.ledger import (
    COLUMNS,
    ONE_LINE,
    ORDER,
    bodies_offered,
    ledger_filters,
    lines_of,
    streets_offered,
    titled,
)
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.papers.pdf import PDF_TYPE, ledger_pdf
from gezhi.interfaces.web.words import names_of
from gezhi.kernel.clock import now
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.access.actor import Actor

# More than forty pages of paper nobody reads.
MOST_LINES = 500


@require_safe
@made_for("hub")
def page(request: HttpRequest) -> HttpResponse:
    """The ledger of a month (this one where none is named), narrowed to a street or a body."""
    actor, asked = actor_in(request), _asked(request)
    context: dict[str, Any] = asked | {
        "streets": names_of(streets_offered(actor)),
        "bodies": names_of(bodies_offered(actor)),
        "headings": [heading for heading, _width, _cell in COLUMNS],
        "one_line": ONE_LINE,
        "key": uuid4(),
        "most": MOST_LINES,
    }
    try:
        filters = ledger_filters(**asked)
    except InvalidInput as error:
        context |= {"refused_words": problem.words(error), "refused_field": error.field}
        return render(request, "web/papers/ledger.html", context, status=problem.status(error))
    lines = _first_lines(actor, filters)
    context |= {"lines": lines[:MOST_LINES], "more": len(lines) > MOST_LINES, "titled": titled(actor, **asked)}
    return render(request, "web/papers/ledger.html", context)


@require_safe
@made_for("hub")
def pdf(request: HttpRequest) -> HttpResponse:
    """The same as a PDF file; the page where there is more than a file to print holds, which says so. Raises ``InvalidInput``."""
    actor, asked = actor_in(request), _asked(request)
    lines = _first_lines(actor, ledger_filters(**asked))
    if len(lines) > MOST_LINES:
        return page(request)
    title, headings = _("Monthly ledger"), [heading for heading, _width, _cell in COLUMNS]
    made = ledger_pdf(title, titled(actor, **asked), headings, [width for _heading, width, _cell in COLUMNS], lines)
    response = HttpResponse(made, content_type=PDF_TYPE)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{title}-{asked['month']}.pdf")
    return response


def _asked(request: HttpRequest) -> dict[str, str]:
    return {
        "month": request.GET.get("month", "") or f"{timezone.localtime(now()):%Y-%m}",
        "street": request.GET.get("street", ""),
        "body": request.GET.get("body", ""),
    }


def _first_lines(actor: Actor, filters: cases.Filters) -> list[Sequence[object]]:
    """The lines that a page holds, and one more where there are more."""
    found = (row for rows in cases.all_cases(actor, filters=filters, sort=ORDER) for row in rows)
    return lines_of(list(islice(found, MOST_LINES + 1)))
