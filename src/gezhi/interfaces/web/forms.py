"""The form that every page of ours uses: it says what is wrong in whole sentences, and cuts nothing off in silence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _


class PlainForm(forms.Form):
    """Errors name the field, so that they stand alone in the summary of a page.

    A text that is too long is refused with words. The browser's ``maxlength`` would cut a pasted text without a sign, so
    the limit goes to the page as ``data-limit``, where a counter shows it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            label = str(field.label or "").replace("%", "%%")
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _("Please fill in: %(label)s") % {"label": label}
            limit = getattr(field, "max_length", None)
            if limit is None:
                continue
            field.widget.attrs.pop("maxlength", None)
            field.widget.attrs["data-limit"] = str(limit)
            words = _("%(label)s: at most %(limit)s characters, this has %(count)s.")
            field.error_messages["max_length"] = words % {"label": label, "limit": limit, "count": "%(show_value)d"}
