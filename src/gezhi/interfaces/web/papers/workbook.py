"""A form as a workbook."""

from __future__ import annotations

from io import BytesIO

from django.utils.translation import gettext as _

from gezhi.interfaces.web.papers.papers import Paper
from gezhi.interfaces.xlsx_file import xlsx_file


def workbook_of(paper: Paper) -> bytes:
    """The form with a row for each of its fields, its history below, and lines to sign on."""
    made = BytesIO()
    with xlsx_file(made, name=f"{paper.title} {paper.number}", widths=(26, 44, 22, 40)) as write:
        write([paper.title, paper.number], bold=True)
        for group in paper.groups:
            write([])
            write([group.heading], bold=True)
            for name, text in group.lines:
                write([name, text])
        if paper.history:
            write([])
            write([_("History")], bold=True)
            write([_("When"), _("What happened"), _("By whom"), _("Note")], bold=True)
            for one in paper.history:
                write([one.when, one.what, one.who, one.note])
        write([])
        for sign in paper.signs:
            write([sign, ""])
    return made.getvalue()
