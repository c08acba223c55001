"""What can be asked of permissions, in words: the steps of a case and the verbs of administration."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezhi.interfaces.web.words import ACTION, said
from gezhi.platform.access.policies import verbs
from gezhi.platform.work.kinds import work_kinds

_KIND: dict[str, str | Promise] = {"case": _("Cases"), "area": _("Administration"), "view": _("Saved views")}
VERB: dict[str, str | Promise] = {
    "see": _("See the case"),
    **ACTION,
    "see_personal_data": _("See the reporter's name and number"),
    "grant": _("Grant a role"),
    "end_grant": _("End a role"),
    "issue_token": _("Issue an access token"),
    "open_account": _("Open an account"),
    "register_workers": _("Register workers"),
    "register_organisations": _("Register organisations"),
    "plant_areas": _("Import areas"),
    "draw_roads": _("Import roads"),
    "register_compounds": _("Register residential compounds"),
    "install_classes": _("Install the class table"),
    "install_duties": _("Install the duty table"),
    "register_powers": _("Register the powers of bodies"),
    "import_cases": _("Import cases"),
    "see_view": _("See the saved view"),
    "save_view": _("Save the view"),
    "rename_view": _("Rename the saved view"),
    "delete_view": _("Delete the saved view"),
    "see_work": _("See background work of others"),
    "stop_work": _("Stop background work of others"),
}


def _words() -> dict[str, str | Promise]:
    """The verbs above, and each kind of background work by its title."""
    return VERB | {kind.name: said(kind.title) for kind in work_kinds()}


def verb_choices() -> list[tuple[str | Promise, list[tuple[str, str | Promise]]]]:
    """The verbs by kind of object, in the order of the words above; one without words is shown as it is written."""
    known_words = _words()
    order = list(known_words)
    groups = []
    for kind, known in verbs().items():
        sorted_verbs = sorted(known, key=lambda verb: (order.index(verb) if verb in known_words else len(order), verb))
        groups.append((_KIND.get(kind, kind), [(verb, known_words.get(verb, verb)) for verb in sorted_verbs]))
    return sorted(groups, key=lambda group: list(_KIND.values()).index(group[0]) if group[0] in _KIND.values() else 9)
