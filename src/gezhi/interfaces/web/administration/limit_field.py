"""A time limit of a table as a form asks for it: a number, and what it counts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gezhi.interfaces.web.words import limit_words
from gezhi.kernel.time_limits import LimitKind, longest, parse_limit, table_limit

# As tables write the four kinds of time.
_WRITTEN = {
    LimitKind.URGENT_HOUR: "UH",
    LimitKind.WORK_HOUR: "WH",
    LimitKind.NATURAL_DAY: "ND",
    LimitKind.WORK_DAY: "WD",
}
UNITS = (
    (_WRITTEN[LimitKind.URGENT_HOUR], _("hours, at night too")),
    (_WRITTEN[LimitKind.WORK_HOUR], _("working hours")),
    (_WRITTEN[LimitKind.NATURAL_DAY], _("days, holidays too")),
    (_WRITTEN[LimitKind.WORK_DAY], _("working days")),
)


def _parts(text: str | None) -> list[str]:
    """The number and the unit of a limit such as ``4WH``; nothing where it is none."""
    try:
        limit = parse_limit(text or "")
    except ValueError:
        return ["", ""]
    return [f"{limit.amount:g}", _WRITTEN[limit.kind]]


class _Hidden(forms.MultiWidget):
    def __init__(self) -> None:
        super().__init__([forms.HiddenInput, forms.HiddenInput])

    def decompress(self, value: str | None) -> list[str]:
        return _parts(value)


class _LimitWidget(forms.MultiWidget):
    template_name = "web/components/limit.html"

    def __init__(self) -> None:
        number = forms.NumberInput(attrs={"aria-label": _("Amount"), "min": "0", "step": "any"})
        unit = forms.Select(choices=UNITS, attrs={"aria-label": _("Of what")})
        super().__init__([number, unit])

    def decompress(self, value: str | None) -> list[str]:
        return _parts(value)

    def id_for_label(self, id_: str) -> str:
        # Where the summary of errors leads.
        return f"{id_}_0" if id_ else ""


class LimitField(forms.MultiValueField):
    """A number and a unit; a valid form holds the limit as tables write it (``4WH``), within what one may put in force."""

    widget = _LimitWidget
    hidden_widget = _Hidden

    def __init__(self, **options: Any) -> None:
        number = forms.FloatField(min_value=0)
        super().__init__(fields=(number, forms.ChoiceField(choices=UNITS)), **options)

    def compress(self, data_list: list[Any]) -> str:
        if not data_list:
            return ""
        text = f"{data_list[0]:g}{data_list[1]}"
        try:
            table_limit(text)
        except ValueError as error:
            kind = next(one for one, written in _WRITTEN.items() if written == data_list[1])
            most = limit_words(f"{longest(kind):g}{data_list[1]}")
            words = _("%(name)s: more than nothing, and at most %(most)s.")
            raise forms.ValidationError(words % {"name": self.label, "most": most}) from error
        return text
