"""What somebody was told is that person's alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_noop

from gezhi.kernel.errors import NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import Decision, Reason

TAKE_NOTE = "take_note"
_OWN = Reason(gettext_noop("These notices are this person's own."))
_OF_SOMEBODY_ELSE = Reason(gettext_noop("These notices are somebody else's."))


@dataclass(frozen=True, slots=True)
class Inbox:
    """All that one person was told. ``person_id`` None: nobody's."""

    person_id: int | None


class InboxPolicy:
    """The policy of inboxes."""

    verbs = frozenset({TAKE_NOTE})

    def decide(self, actor: Actor, verb: str, obj: Inbox) -> Decision:
        """See ``access.policies.Policy``. The system has no inbox."""
        own = actor.user_id is not None and actor.user_id == obj.person_id
        return Decision(own, (_OWN if own else _OF_SOMEBODY_ELSE,))

    def load(self, reference: str) -> Inbox:
        """The inbox of the account of this name. Raises ``NotFound``."""
        person = get_user_model().objects.filter(username=reference).first()
        if person is None:
            raise NotFound("no_user", f"there is no account {reference}", field="user")
        return Inbox(person.pk)
