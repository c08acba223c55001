"""The monthly ledger as a page to print; a long one is a workbook."""

from __future__ import annotations

from itertools import islice
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gezhi.contexts.cases import queries as cases
from gezhi.interfaces import problem
from gezhi.interfaces.ledger import COLUMNS, ORDER, bodies_offered, ledger_filters, lines_of, streets_offered, titled
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.words import names_of
from gezhi.kernel.clock import now
from gezhi.kernel.errors import InvalidInput

# More than forty pages of paper nobody reads.
MOST_LINES = 500


@require_safe
@made_for("hub")
def page(request: HttpRequest) -> HttpResponse:
    """The ledger of a month (this one where none is named), narrowed to a street or a body."""
    actor = actor_in(request)
    asked = {
        "month": request.GET.get("month", "") or f"{timezone.localtime(now()):%Y-%m}",
        "street": request.GET.get("street", ""),
        "body": request.GET.get("body", ""),
    }
    context: dict[str, Any] = asked | {
        "streets": names_of(streets_offered(actor)),
        "bodies": names_of(bodies_offered(actor)),
        "headings": [heading for heading, _width, _cell in COLUMNS],
        "key": uuid4(),
        "most": MOST_LINES,
    }
    try:
        filters = ledger_filters(**asked)
    except InvalidInput as error:
        context |= {"refused_words": problem.words(error), "refused_field": error.field}
        return render(request, "web/papers/ledger.html", context, status=problem.status(error))
    found = (row for rows in cases.all_cases(actor, filters=filters, sort=ORDER) for row in rows)
    lines = lines_of(list(islice(found, MOST_LINES + 1)))
    context |= {"lines": lines[:MOST_LINES], "more": len(lines) > MOST_LINES, "titled": titled(actor, **asked)}
    return render(request, "web/papers/ledger.html", context)
