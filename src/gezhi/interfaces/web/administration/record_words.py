"""The record of changes in words: what was done, to what, with which facts. What has no words here stands as it was written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gezhi.contexts.areas.queries import areas_by_id
from gezhi.contexts.cases.queries import class_name
from gezhi.contexts.organisations.queries import organisations_by_id
from gezhi.contexts.workforce.queries import names_of_people
from gezhi.interfaces import problem
from gezhi.interfaces.web.administration.account_forms import END_REASON
from gezhi.interfaces.web.administration.record_values import change_of, value_of_text, who_acted
from gezhi.interfaces.web.verb_words import words_of_verbs
from gezhi.interfaces.web.words import ROLE, english, local_name, said
from gezhi.kernel.reading import row_id
from gezhi.platform.audit.queries import RecordRow
from gezhi.platform.work.kinds import work_kinds

Words = str | Promise
Facts = dict[str, object]

ACTIONS: dict[str, Words] = {
    "access.granted": _("Granted a role"),
    "access.ended": _("Ended a role"),
    "access.explained": _("Asked what somebody may do"),
    "access.role_asked": _("Asked for a role"),
    "access.role_refused": _("Refused a role that was asked for"),
    "access.token_issued": _("Issued an access token"),
    "accounts.created": _("Opened an account"),
    "accounts.invited": _("Invited somebody"),
    "accounts.link_asked": _("Asked for a new link for an account"),
    "accounts.link_agreed": _("Agreed to a new link for an account"),
    "accounts.link_refused": _("Refused a new link for an account"),
    "accounts.link_renewed": _("Made a new link for an account"),
    "accounts.invitation_used": _("Chose a password behind a link"),
    "accounts.ended": _("Ended an account"),
    "accounts.restored": _("Reopened an account"),
    "areas.planted": _("Imported areas"),
    "areas.compounds_registered": _("Registered residential compounds"),
    "cases.classes_installed": _("Installed a class table"),
    "cases.classes_in_force": _("A class table came into force"),
    "cases.classes_withdrawn": _("Took a class table back"),
    "cases.duties_installed": _("Installed a duty table"),
    "cases.duties_in_force": _("A duty table came into force"),
    "cases.duties_withdrawn": _("Took a duty table back"),
    "cases.rules_installed": _("Installed rules of the workflow"),
    "cases.rules_in_force": _("Rules of the workflow came into force"),
    "cases.rules_withdrawn": _("Took rules of the workflow back"),
    "cases.template_written": _("Wrote an answer template"),
    "cases.template_withdrawn": _("Took an answer template out of use"),
    "cases.handed_over": _("Handed cases over"),
    "cases.imported": _("Imported cases"),
    "cases.photo_attached": _("Added a picture"),
    "cases.words_printed": _("Printed words of reporters"),
    "cases.searched_by_number": _("Searched for reports by a caller's number"),
    "cases.exported_unmasked": _("Exported cases with names and numbers"),
    "cases.reporter_forgotten": _("Erased what was held of a reporter"),
    "cases.powers_registered": _("Registered powers of bodies"),
    "powers.entered": _("Entered powers of streets"),
    "demo.city_founded": _("Founded the demo city"),
    "demo.days_lived": _("Played days of the demo city"),
    "cases.guess_learned": _("Learned which words speak of which class"),
    "escalation.rules_installed": _("Installed rules of reminding"),
    "escalation.rules_in_force": _("Rules of reminding came into force"),
    "escalation.rules_withdrawn": _("Took rules of reminding back"),
    "ground.laid": _("Laid the ground map"),
    "ground.cleared": _("Cleared the ground map"),
    "organisations.registered": _("Registered organisations"),
    "organisations.renamed": _("Renamed an organisation"),
    "organisations.ended": _("Set an organisation's last day"),
    "organisations.restored": _("Took an organisation into use again"),
    "organisations.out_of_use": _("An organisation went out of use"),
    "retention.table_installed": _("Changed how long things are kept"),
    "retention.table_in_force": _("Times of keeping came into force"),
    "retention.table_withdrawn": _("Took times of keeping back"),
    "telling.tried_again": _("Sent messages to a reporter again"),
    "views.shared": _("Shared a view"),
    "views.renamed": _("Renamed a shared view"),
    "views.deleted": _("Deleted a shared view"),
    "work.started": _("Started background work"),
    "work.done": _("Background work was done"),
    "work.failed": _("Background work failed"),
    "work.stopped": _("Background work was stopped"),
    "work.stop_asked": _("Asked background work to stop"),
    "work.file_fetched": _("Fetched a file of background work"),
    "workforce.registered": _("Registered workers"),
    "workforce.moved": _("Moved a worker"),
    "workforce.ended": _("Ended a worker's post"),
    "workforce.restored": _("Reopened a worker's post"),
    "worktime.calendar_changed": _("Changed the city's calendar"),
}
KINDS: dict[str, Words] = {
    "answer_template": pgettext_lazy("record", "Answer template"),
    "api_token": pgettext_lazy("record", "Access token"),
    "area_version": pgettext_lazy("record", "Version of the areas"),
    "calendar": pgettext_lazy("record", "Calendar"),
    "case": pgettext_lazy("record", "Case"),
    "case_list": pgettext_lazy("record", "List of cases"),
    "case_source": pgettext_lazy("record", "Source of cases"),
    "class_scheme": pgettext_lazy("record", "Class table"),
    "compound": pgettext_lazy("record", "Residential compound"),
    "demo_city": pgettext_lazy("record", "Demo city"),
    "duty_table": pgettext_lazy("record", "Duty table"),
    "escalation_table": pgettext_lazy("record", "Rules of reminding"),
    "grant": pgettext_lazy("record", "Role"),
    "ground": pgettext_lazy("record", "Ground map"),
    "learned_guess": pgettext_lazy("record", "Class guess"),
    "message": pgettext_lazy("record", "Message"),
    "organisation": pgettext_lazy("record", "Organisation"),
    "power": pgettext_lazy("record", "Power"),
    "retention_table": pgettext_lazy("record", "Times of keeping"),
    "saved_view": pgettext_lazy("record", "Saved view"),
    "user": pgettext_lazy("record", "Account"),
    "work": pgettext_lazy("record", "Background work"),
    "worker": pgettext_lazy("record", "Worker"),
    "workflow_rules": pgettext_lazy("record", "Rules of the workflow"),
}
FIELDS: dict[str, Words] = {
    "attempt": pgettext_lazy("record", "attempt"),
    "addresses": pgettext_lazy("record", "addresses"),
    "after": pgettext_lazy("record", "now"),
    "area": pgettext_lazy("record", "area"),
    "before": pgettext_lazy("record", "before"),
    "before_first": pgettext_lazy("record", "first suggestion right before"),
    "before_three": pgettext_lazy("record", "right among three before"),
    "first": pgettext_lazy("record", "first suggestion right"),
    "three": pgettext_lazy("record", "right among three"),
    "held": pgettext_lazy("record", "tried on"),
    "used": pgettext_lazy("record", "used from now on"),
    "cases": pgettext_lazy("record", "cases"),
    "changes": pgettext_lazy("record", "changes"),
    "class": pgettext_lazy("record", "class"),
    "classes": pgettext_lazy("record", "classes"),
    "code": pgettext_lazy("record", "code"),
    "contact": pgettext_lazy("record", "contact"),
    "count": pgettext_lazy("record", "number of them"),
    "created": pgettext_lazy("record", "new"),
    "days_gone": pgettext_lazy("record", "days taken out"),
    "days_new": pgettext_lazy("record", "days put in"),
    "effective_from": pgettext_lazy("record", "in force from"),
    "found": pgettext_lazy("record", "found"),
    "features": pgettext_lazy("record", "features"),
    "file": pgettext_lazy("record", "file"),
    "files": pgettext_lazy("record", "files"),
    "hours": pgettext_lazy("record", "office hours"),
    "kind": pgettext_lazy("record", "kind"),
    "last": pgettext_lazy("record", "last"),
    "last_day": pgettext_lazy("record", "last day"),
    "legible": pgettext_lazy("record", "legible"),
    "licence": pgettext_lazy("record", "licence"),
    "list": pgettext_lazy("record", "list"),
    "name": pgettext_lazy("record", "name"),
    "name_en": pgettext_lazy("record", "English name"),
    "note": pgettext_lazy("record", "note"),
    "number": pgettext_lazy("record", "version"),
    "organisation": pgettext_lazy("record", "organisation"),
    "personal": pgettext_lazy("record", "with personal data"),
    "planned_years": pgettext_lazy("record", "years that are planned"),
    "post": pgettext_lazy("record", "post"),
    "reason": pgettext_lazy("record", "reason"),
    "redrawn": pgettext_lazy("record", "redrawn"),
    "role": pgettext_lazy("record", "role"),
    "rows": pgettext_lazy("record", "rows"),
    "scale": pgettext_lazy("record", "scale"),
    "since": pgettext_lazy("record", "since"),
    "source": pgettext_lazy("record", "source"),
    "stage": pgettext_lazy("record", "stage"),
    "step": pgettext_lazy("record", "step"),
    "to": pgettext_lazy("record", "to"),
    "until": pgettext_lazy("record", "until"),
    "user": pgettext_lazy("record", "person"),
    "username": pgettext_lazy("record", "user name"),
    "verb": pgettext_lazy("record", "action"),
    "version": pgettext_lazy("record", "version"),
}
# What a field is called where it means something else than elsewhere.
_FIELDS_OF: dict[str, dict[str, Words]] = {
    "cases.imported": {
        "first": pgettext_lazy("record", "first number"),
        "last": pgettext_lazy("record", "last number"),
    },
}
# Facts that say something to programs alone.
_SILENT = frozenset({"digest", "sha256", "photo", "seed"})
_REASONS = {one.value: words for one, words in END_REASON.items()}
_PEOPLE = frozenset({"user", "to"})


@dataclass(frozen=True, slots=True)
class ToldRecord:
    """One change in words. ``of``: to what it was done; ``code``: action and object as the record itself has them."""

    at: datetime
    who: str
    words: Words
    code: str
    of: str
    facts: list[str]


def action_choices() -> list[tuple[str, Words]]:
    """Every action in words, in their order; the code of an action, its words."""
    return list(ACTIONS.items())


def told(rows: Iterable[RecordRow]) -> list[ToldRecord]:
    """Changes in words. Four queries, however many."""
    read = [(row, _facts(row)) for row in rows]
    names = _Names(read)
    return [
        ToldRecord(
            at=row.at,
            who=who_acted(row.actor_label, row.actor_id),
            words=ACTIONS.get(row.action, row.action),
            code=f"{row.action} · {row.object_type} {row.object_id}".strip(),
            of=names.of(row, facts),
            facts=[
                _said_of(_FIELDS_OF.get(row.action, FIELDS).get(name) or FIELDS.get(name, name), text)
                for name, value in facts.items()
                if name not in _SILENT and (text := names.value(name, value))
            ],
        )
        for row, facts in read
    ]


def _facts(row: RecordRow) -> Facts:
    found = json.loads(row.data) if row.data else {}
    if not isinstance(found, dict):
        return {}
    before = found.get("before")
    if row.action == "workforce.moved" and isinstance(before, list) and len(before) == 2:
        found["before"] = dict(zip(("area", "organisation"), before, strict=True))
    if row.action.startswith("work.") and found.get("code") in problem.WORDS:
        found["reason"] = str(problem.WORDS[found.pop("code")])
    return found


class _Names:
    """What the ids in some records are called."""

    def __init__(self, read: list[tuple[RecordRow, Facts]]) -> None:
        people = {row_id(row.object_id) for row, _facts in read if row.object_type == "user"}
        people |= {_key(facts.get(name)) for _row, facts in read for name in _PEOPLE}
        areas = {_key(part.get("area")) for _row, facts in read for part in _parts(facts)}
        bodies = {_key(part.get("organisation")) for _row, facts in read for part in _parts(facts)}
        bodies |= {row_id(row.object_id) for row, _facts in read if row.object_type == "organisation"}
        self._people = names_of_people(key for key in people if key is not None)
        self._areas = areas_by_id({key for key in areas if key is not None})
        self._bodies = organisations_by_id({key for key in bodies if key is not None})
        work = {kind.name: said(kind.title) for kind in work_kinds()}
        verbs = {f"{kind}.{verb}": words for kind, known in words_of_verbs().items() for verb, words in known.items()}
        self._words: dict[str, Mapping[str, Words]] = {"role": ROLE, "kind": work, "reason": _REASONS, "verb": verbs}

    def of(self, row: RecordRow, facts: Facts) -> str:
        """To what a change was done: the kind, and its name or number."""
        kind = str(KINDS.get(row.object_type, row.object_type))
        key = row_id(row.object_id)
        name = row.object_id if len(row.object_id) < 32 else ""
        if row.object_type == "user":
            name = self._people.get(key or 0, name)
        elif row.object_type == "organisation" and key in self._bodies:
            name = local_name(self._bodies[key])
        elif row.object_type == "grant":
            name = self.value("role", facts.get("role"))
        elif row.object_type == "case_list" and key is None:
            name = ""
        return f"{kind} {name}".strip()

    def value(self, name: str, value: object) -> str:
        """A fact in words; empty where it says nothing."""
        if isinstance(value, dict):
            told = (
                change_of(part, inner) or (FIELDS.get(str(part), str(part)), self.value(part, inner))
                for part, inner in value.items()
            )
            return " · ".join(_said_of(called, text) for called, text in told if text)
        if isinstance(value, list):
            return " · ".join(self.value("", part) for part in value if part is not None)
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        return "" if value is None else self._called(name, value)

    def _called(self, name: str, value: object) -> str:
        """What a code or an id is called; as it stands where it is neither."""
        text, key = str(value), _key(value) or 0
        if name in _PEOPLE:
            return self._people.get(key, text)
        if name in {"area", "organisation"}:
            row = self._areas.get(key) if name == "area" else self._bodies.get(key)
            return text if row is None else local_name(row)
        known = self._words.get(name, {}).get(text)
        if name == "class" and text:
            known = local_name(class_name(text))
        return str(known) if known is not None else value_of_text(name, text)


def _said_of(called: Words, text: str) -> str:
    return f"{called}{': ' if english() else '：'}{text}"


def _parts(facts: Facts) -> list[Facts]:
    """The facts and those that stand within them."""
    return [facts, *(inner for inner in facts.values() if isinstance(inner, dict))]


def _key(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
