"""Values of the record of changes in words: who acted where nobody was signed in, instants, codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy

from gezhi.interfaces.web.administration.retention import days_words
from gezhi.interfaces.web.administration.rules import RULES, value_words
from gezhi.interfaces.web.administration.workers import POST
from gezhi.interfaces.web.words import HAPPENED, ORGANISATION_KIND, STAGE, day_of, english, said
from gezhi.platform.retention.retained import RETAINED

Words = str | Promise

# What acts without an account, by the name it has in the record.
_WITHOUT_ACCOUNT: dict[str, Words] = {
    "class guess": pgettext_lazy("record", "The learning of classes"),
    "demo": pgettext_lazy("record", "The demo city"),
    "demo figures": pgettext_lazy("record", "The demo city"),
    "escalation": pgettext_lazy("record", "The reminding"),
    "founding": pgettext_lazy("record", "The first set-up"),
    "invitation": pgettext_lazy("record", "Somebody behind an invitation's link"),
    "notices": pgettext_lazy("record", "The telling of reporters"),
    "open figures": pgettext_lazy("record", "The public figures"),
    "organisations": pgettext_lazy("record", "The calendar of organisations"),
    "powers": pgettext_lazy("record", "The calendar of powers"),
    "resident": pgettext_lazy("record", "Somebody without an account"),
    "retention": pgettext_lazy("record", "The erasing by time"),
    "stop link": pgettext_lazy("record", "A reporter behind a link"),
    "system": pgettext_lazy("record", "The program itself"),
    "tables": pgettext_lazy("record", "The calendar of tables"),
    "work": pgettext_lazy("record", "The background work"),
}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d\S*", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MACHINE_KEY = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}|[0-9a-f]{64}", re.ASCII)
_CODES: Mapping[str, Mapping[str, Words]] = {
    "code": {"shipped": pgettext_lazy("record", "the one that comes with the program")},
    "kind": ORGANISATION_KIND,
    "post": POST,
    "stage": STAGE,
    "step": HAPPENED,
}


def who_acted(label: str, actor_id: int | None) -> str:
    """Who made a change, in words: an account by its name, what has none by what it is."""
    if actor_id is not None:
        return label
    kind, colon, name = label.partition(":")
    if colon and kind == "cli":
        return gettext("%(name)s, at the command line") % {"name": name.strip()}
    if colon and kind == "import":
        return gettext("Import by %(name)s") % {"name": name.strip()}
    return str(_WITHOUT_ACCOUNT.get(label, label))


def value_of_text(name: str, text: str) -> str:
    """A text of the record in words: an instant in the city's time, a code by its name; nothing of a key for programs alone."""
    if _MACHINE_KEY.fullmatch(text):
        return ""
    if _INSTANT.fullmatch(text):
        return _instant(text)
    if _DAY.fullmatch(text):
        return _day(text)
    return str(_CODES.get(name, {}).get(text, text))


def change_of(name: str, value: object) -> tuple[Words, str] | None:
    """A changed rule of the workflow or time of keeping: what it is called, its new value; None where it is neither."""
    if name in RULES and isinstance(value, str):
        return RULES[name][0], value_words(name, value)
    kept = RETAINED.get(name)
    if kept is not None and isinstance(value, int):
        return said(kept.what), str(days_words(value))
    return None


def _instant(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    local = timezone.localtime(moment) if moment.tzinfo is not None else moment
    return f"{day_of(local, english=english())} {local:%H:%M}"


def _day(text: str) -> str:
    try:
        return day_of(date.fromisoformat(text), english=english())
    except ValueError:
        return text
