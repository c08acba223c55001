"""What the tables that ship are called, and what their rules say, in the reader's language.

They lie in tables of the city's own, in Chinese, and the city may write others. What still stands as it came is told in the
language of whoever reads it; what the city wrote stays as it wrote it.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SHIPPED: dict[str, str | Promise] = {
    "随软件提供的分类": _("The class table that comes with the program"),
    "随软件提供的权责清单": _("The duty table that comes with the program"),
    "随软件提供的督办规则": _("The rules of reminding that come with the program"),
    "核实超时": _("verification is late"),
    "派遣时限将尽": _("the time for dispatch is nearly up"),
    "派遣超时": _("dispatch is late"),
    "派遣超时仍未派出": _("still not dispatched after the time was up"),
    "协办单位未按时签收": _("a body that was called in has not signed for its part in time"),
    "处置时限将尽": _("the time for handling is nearly up"),
    "处置超时": _("handling is late"),
    "处置超时一个工作日": _("handling is late by a working day"),
    "核查时限将尽": _("the time for the check is nearly up"),
    "核查结案超时": _("check and closing are late"),
    "核查结案超时一个工作日": _("check and closing are late by a working day"),
    "总时限将尽": _("the time for the whole case is nearly up"),
    "总时限已过": _("the time for the whole case is up"),
}


def as_shipped(text: str) -> str:
    """A title as it is to be read: one that ships in the reader's language, any other as it was written."""
    return str(SHIPPED.get(text, text))
