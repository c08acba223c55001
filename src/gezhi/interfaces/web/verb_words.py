"""What can be asked of permissions, in words: by the kind of object, since two kinds may mean different things by one verb."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezhi.interfaces.web.words import said
from gezhi.platform.access.policies import verbs
from gezhi.platform.steps.registry import kinds
from gezhi.platform.work.kinds import work_kinds

_KIND: dict[str, str | Promise] = {
    "case": _("Cases"),
    "power": _("Powers of the streets"),
    "area": _("Administration"),
    "view": _("Saved views"),
    "notices": _("Notices"),
}
# Kind of object → verb → words. The steps of a kind have those of its table, background work its titles.
_VERB: dict[str, dict[str, str | Promise]] = {
    "case": {
        "see": _("See the case"),
        "see_personal_data": _("See the reporter's name and number"),
        "find_by_number": _("Find it by the reporter's number"),
    },
    "power": {"see": _("See the power at the street")},
    "area": {
        "grant": _("Grant a role"),
        "end_grant": _("End a role"),
        "issue_token": _("Issue an access token"),
        "open_account": _("Open an account"),
        "register_workers": _("Register workers"),
        "register_organisations": _("Register organisations"),
        "plant_areas": _("Import areas"),
        "lay_ground": _("Lay the ground map"),
        "register_compounds": _("Register residential compounds"),
        "install_classes": _("Install the class table"),
        "install_duties": _("Install the duty table"),
        "install_rules": _("Put the rules of the workflow in force"),
        "put_tables_in_force": _("Put tables in force whose time has come"),
        "change_calendar": _("Change the city's calendar"),
        "install_escalation": _("Install rules of reminding"),
        "put_escalation_in_force": _("Put rules of reminding in force whose time has come"),
        "watch_deadlines": _("Watch the deadlines"),
        "register_powers": _("Register the powers of bodies"),
        "import_cases": _("Import cases"),
        "tell_reporters": _("Tell reporters of the steps that they chose"),
        "retry_messages": _("Send messages to reporters again"),
        "count_open_figures": _("Count the public figures"),
        "end_account": _("End an account or open it again"),
        "see_accounts": _("See the accounts"),
        "accept_invitation": _("Choose the password behind a link"),
        "read_record": _("Read the record of changes"),
        "change_organisations": _("Rename or end organisations"),
        "end_due_organisations": _("Put organisations out of use whose last day has passed"),
        "change_workers": _("Move workers or end their posts"),
        "change_templates": _("Write answer templates"),
        "learn_guess": _("Have the class guess learn"),
        "install_retention": _("Change how long things are kept"),
        "put_retention_in_force": _("Put times of keeping in force whose day has come"),
        "found_city": _("Found the city"),
        "see_work": _("See background work of others"),
        "stop_work": _("Stop background work of others"),
    },
    "view": {
        "see_view": _("See the saved view"),
        "save_view": _("Save the view"),
        "rename_view": _("Rename the saved view"),
        "delete_view": _("Delete the saved view"),
    },
    "notices": {"take_note": _("Take note of what one was told")},
}


def words_of_verbs() -> Mapping[str, Mapping[str, str | Promise]]:
    """The words of every verb that has some, by kind of object and in their order."""
    found: dict[str, dict[str, str | Promise]] = {}
    for kind in kinds():
        own = _VERB.get(kind.name, {})
        steps = {str(action): said(row.does) for action, row in kind.table.items()}
        found[kind.name] = {"see": own.get("see", _("See it")), **steps, **own}
    runs = {kind.name: said(kind.title) for kind in work_kinds()}
    return {**found, "area": _VERB["area"] | runs, "view": _VERB["view"], "notices": _VERB["notices"]}


def kind_words(kind: str) -> str | Promise:
    """What a kind of object is called; one without words as it is written."""
    return _KIND.get(kind, kind)


def verb_choices() -> list[tuple[str | Promise, list[tuple[str, str | Promise]]]]:
    """The verbs by kind of object, in the order of the words above; one without words is shown as it is written."""
    known = words_of_verbs()
    groups = []
    for kind, verbs_of_kind in verbs().items():
        words = known.get(kind, {})
        order = list(words)
        sorted_verbs = sorted(
            verbs_of_kind, key=lambda verb: (order.index(verb) if verb in words else len(order), verb)
        )
        groups.append((_KIND.get(kind, kind), [(verb, words.get(verb, verb)) for verb in sorted_verbs]))
    return sorted(groups, key=lambda group: list(_KIND.values()).index(group[0]) if group[0] in _KIND.values() else 9)
