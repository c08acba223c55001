"""What the scripts of the workers' pages say: without a network, nobody else could."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def device_words() -> dict[str, str]:
    """Key → words in the language of the request. Keys are those of ``frontend/src/offline`` (``say('key')``)."""
    return {
        "offline": pgettext("network", "Offline"),
        "waiting_count": _("%(count)s waiting to be sent"),
        "refused_count": _("%(count)s need you"),
        "signed_out": _("Sign in to send what waits"),
        "waits": _("Waiting to be sent"),
        "needs_you": _("Needs you"),
        "kept": _("Kept on this device. It is sent as soon as there is a network."),
        "kept_sick": _("Kept on this device: the server did not answer. It is sent again by itself."),
        "no_room": _("This device has no room to keep it. Nothing was sent; please stay on this page and try again."),
        "sent_now": _("Sent: %(words)s"),
        "new_report": _("New report"),
        "words_missing": _("Please fill in the words first."),
        "outcome_missing": _("Say what came of it."),
        "place_missing": _(
            "Say where: use your position. Without one, send it again: it is kept here, and the place is asked for when there"
            " is a network."
        ),
        "queued_step": _("“%(does)s” waits to be sent, since %(at)s."),
        "due_at": _("Due %(at)s"),
        "written_at": _("Written at %(at)s"),
        "tries": _("The server did not answer; tried %(count)s times, again at %(at)s."),
        "no_network": _("Waits for a network."),
        "behind": _("Waits for what was written before it on the same case."),
        "soon": _("Is sent in a moment."),
        "nothing": _("Nothing is waiting"),
        "nothing_more": _("All that you wrote has been sent."),
        "send_all": _("Send now"),
        "sign_in": _("Sign in"),
        "sign_in_why": _("You are signed out. Nothing is lost: sign in with the same account and it is sent."),
        "yours": _("What you wrote"),
        "theirs": _("How the case stands now"),
        "not_visible": _("It was given to somebody else, or you may no longer see it."),
        "moved_on": _("The case has changed since you wrote this"),
        "not_taken": _("This was not accepted"),
        "state": _("State"),
        "handler": _("Handler"),
        "result": _("Result"),
        "since_then": _("Since you looked"),
        "nothing_since": _("Nobody has changed it."),
        "send_mine": _("Send mine on the case as it is now"),
        "send_again": _("Send again"),
        "as_note": _("Keep as a note"),
        "throw_away": _("Throw away"),
        "throw_away_sure": _("Throw this away? Your words and pictures on this device are gone then."),
        "throw_away_yes": _("Yes, throw it away"),
        "back": pgettext("dialog", "Back"),
        "open_case": _("Open the case"),
        "pictures": _("Pictures"),
        "picture": _("Picture %(number)s"),
        "save_picture": _("Save picture %(number)s"),
        "take_out": _("Take out picture %(number)s"),
        "another_picture": _("Add another picture"),
        "note": _("Note"),
        "noted_without": _(
            "Your words are kept as a note. The pictures could not go with it: save them here if you need them, "
            "then throw this away."
        ),
        "as_note_begins": _("Written without a network, not carried out: %(does)s."),
    }
