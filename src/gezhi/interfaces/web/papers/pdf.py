"""Forms and ledgers as PDF files for A4.

Chinese is drawn with a font that every reader of PDF brings or finds (STSong-Light of Adobe-GB1): a file is some ten kilobytes,
and its words can be searched and copied. No font lies in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from xml.sax.saxutils import escape

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from gezhi.interfaces.web.papers.papers import Paper
from gezhi.kernel.clock import now

PDF_TYPE = "application/pdf"
_FONT = "STSong-Light"
_MARGIN = 16 * mm
_LINE, _HEAD = HexColor("#9a9a94"), HexColor("#f0f0ec")
_GRID = [
    ("GRID", (0, 0), (-1, -1), 0.5, _LINE),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
]
_NAMES = [("BACKGROUND", (0, 0), (0, -1), _HEAD)]
_HEADINGS = [("BACKGROUND", (0, 0), (-1, 0), _HEAD)]


def pdf_of(paper: Paper) -> bytes:
    """A form: its groups as tables of name and text, its history, and lines to sign on."""
    width = A4[0] - 2 * _MARGIN
    parts: list[Flowable] = [_written(paper.title, "title"), _written(paper.number, "quiet")]
    for group in paper.groups:
        parts.append(_written(group.heading, "heading"))
        parts.append(_table(group.lines, widths=(0.28 * width, 0.72 * width), style=_NAMES))
    if paper.history:
        parts.append(_written(_("History"), "heading"))
        told = [(one.when, "\n".join(filter(None, (one.what, one.note))), one.who) for one in paper.history]
        headings = (_("When"), _("What happened"), _("By whom"))
        parts.append(
            _table([headings, *told], widths=(0.26 * width, 0.48 * width, 0.26 * width), style=_HEADINGS, repeat=1)
        )
    parts.append(Spacer(0, 14 * mm))
    signs = Table([[_written(f"{sign} ____________________", "cell") for sign in paper.signs]])
    parts.append(signs)
    return _made(parts, title=f"{paper.title} {paper.number}", size=A4)


def ledger_pdf(
    title: str,
    narrowed_to: Sequence[object],
    headings: Sequence[object],
    widths: Sequence[float],
    lines: Sequence[Sequence[object]],
) -> bytes:
    """A ledger: a line for each case under its headings, which every page repeats. ``widths``: of the columns, to each other."""
    whole, size = sum(widths), landscape(A4)
    across = [(size[0] - 2 * _MARGIN) * width / whole for width in widths]
    parts = [
        _written(title, "title"),
        _written(" · ".join(map(str, narrowed_to)), "quiet"),
        _table([headings, *lines], widths=across, style=_HEADINGS, repeat=1, kind="small"),
    ]
    return _made(parts, title=title, size=size)


@cache
def _styles() -> dict[str, ParagraphStyle]:
    registerFont(UnicodeCIDFont(_FONT))
    # `CJK`: a line may end after any sign, but not before a mark that must not begin one.
    plain = ParagraphStyle("plain", fontName=_FONT, fontSize=10, leading=14, wordWrap="CJK")
    return {
        "title": ParagraphStyle("title", plain, fontSize=18, leading=24, alignment=1),
        "quiet": ParagraphStyle("quiet", plain, alignment=1, spaceAfter=4),
        "heading": ParagraphStyle("heading", plain, fontSize=12, leading=16, spaceBefore=8, spaceAfter=3),
        "cell": plain,
        "small": ParagraphStyle("small", plain, fontSize=7.5, leading=10),
    }


def _written(text: object, kind: str) -> Paragraph:
    words = "" if text is None else str(text)
    # What people wrote is words, and no markup of the library's.
    return Paragraph(escape(words).replace("\n", "<br/>"), _styles()[kind])


def _table(
    rows: Sequence[Sequence[object]],
    *,
    widths: Sequence[float],
    style: Sequence[tuple[object, ...]],
    repeat: int = 0,
    kind: str = "cell",
) -> Table:
    cells = [[_written(text, kind) for text in row] for row in rows]
    return Table(cells, colWidths=widths, style=TableStyle([*_GRID, *style]), repeatRows=repeat, splitInRow=1)


def _made(parts: list[Flowable], *, title: str, size: tuple[float, float]) -> bytes:
    made = BytesIO()
    document = SimpleDocTemplate(
        made,
        pagesize=size,
        title=title,
        lang=translation.get_language(),
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
    )
    document.build(parts, onFirstPage=_foot, onLaterPages=_foot)
    return made.getvalue()


def _foot(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(_FONT, 8)
    printed = _("Printed %(at)s") % {"at": f"{timezone.localtime(now()):%Y-%m-%d %H:%M}"}
    canvas.drawString(_MARGIN, 9 * mm, printed)
    canvas.drawRightString(document.pagesize[0] - _MARGIN, 9 * mm, str(document.page))
