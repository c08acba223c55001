"""Forms of a case: a page for A4, a PDF file and a workbook, for whoever sees the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from gezhi.contexts.cases.domain.looking import LookReason, reason_to_look
from gezhi.contexts.cases.queries import personal_open
from gezhi.contexts.cases.use_cases.reveal_on_paper import reveal_on_paper
from gezhi.interfaces import problem
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.casework.case_context import case_context
from gezhi.interfaces.web.look_words import to_choose
from gezhi.interfaces.web.papers.papers import PAPERS, Paper, PaperKind, Revealed, paper_of
from gezhi.interfaces.web.papers.pdf import PDF_TYPE, pdf_of
from gezhi.interfaces.web.papers.workbook import workbook_of
from gezhi.interfaces.work.versions_of_tables import XLSX_TYPE
from gezhi.kernel.clock import now
from gezhi.kernel.errors import GezhiError, NotFound

# Why a form names a person: that it is a form, a visit that is agreed on, or words.
_REASONS = (LookReason.ON_PAPER, LookReason.AGREE_VISIT, LookReason.OTHER)


@require_http_methods(["GET", "HEAD", "POST"])
@made_for("hub")
def page(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    """A form to print; sent with a reason, with what is personal on it. Raises ``NotFound``."""
    _kind(paper)
    context = case_context(actor_in(request), number, forms=())
    revealed, error = _revealed(request, number)
    return _page(request, paper, context, revealed=revealed, error=error)


@require_http_methods(["GET", "HEAD", "POST"])
@made_for("hub")
def workbook(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    """The same as a workbook. A reason that is none is asked for on the page. Raises ``NotFound``."""
    return _file(request, number, paper, workbook_of, ending="xlsx", content_type=XLSX_TYPE)


@require_http_methods(["GET", "HEAD", "POST"])
@made_for("hub")
def pdf(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    """The same as a PDF file. A reason that is none is asked for on the page. Raises ``NotFound``."""
    return _file(request, number, paper, pdf_of, ending="pdf", content_type=PDF_TYPE)


def _file(
    request: HttpRequest,
    number: str,
    paper: str,
    made_of: Callable[[Paper], bytes],
    *,
    ending: str,
    content_type: str,
) -> HttpResponse:
    kind, context = _kind(paper), case_context(actor_in(request), number, forms=())
    revealed, error = _revealed(request, number)
    if error is not None:
        return _page(request, paper, context, revealed=None, error=error)
    response = HttpResponse(made_of(paper_of(kind, context, revealed)), content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{kind.title}-{number}.{ending}")
    return response


def _kind(paper: str) -> PaperKind:
    if paper not in PAPERS:
        raise NotFound("no_paper", f"there is no form '{paper[:40]}'")
    return PAPERS[paper]


def _revealed(request: HttpRequest, number: str) -> tuple[Revealed | None, GezhiError | None]:
    """What is personal, where it was asked for with a reason; or why not."""
    if request.method != "POST":
        return None, None
    try:
        reason = reason_to_look(request.POST.get("why", ""), request.POST.get("words", ""))
        found = reveal_on_paper(actor=actor_in(request), number=number, reason=reason, now=now())
    except GezhiError as error:
        return None, error
    return Revealed(found, full="full" in request.POST), None


def _page(
    request: HttpRequest,
    paper: str,
    context: Mapping[str, Any],
    *,
    revealed: Revealed | None,
    error: GezhiError | None,
) -> HttpResponse:
    case = context["case"]
    shown = {
        "paper": paper_of(PAPERS[paper], context, revealed),
        "key": paper,
        "kinds": [(key, one.title) for key, one in PAPERS.items()],
        "number": case["number"],
        "revealed": revealed,
        "may_reveal": bool(personal_open(actor_in(request), [case["id"]])),
        "reasons": to_choose(_REASONS),
        "why": request.POST.get("why", LookReason.ON_PAPER.value),
        "words": request.POST.get("words", ""),
        "refused_words": "" if error is None else problem.words(error),
    }
    return render(request, "web/papers/page.html", shown, status=200 if error is None else problem.status(error))
