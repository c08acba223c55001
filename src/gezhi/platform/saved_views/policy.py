"""Who may do what with a saved view: one's own is one's own; an office's belongs to whoever holds its role there."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from gezhi.kernel.errors import NotFound
from gezhi.kernel.reading import row_id
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor, HeldGrant
from gezhi.platform.access.policies import Decision, Reason
from gezhi.platform.saved_views.models import SavedView

# The roles whose holders in one area (of one body) work on the same lists.
SHARING = frozenset({Role.STREET_DISPATCHER, Role.CHECKER, Role.DEPARTMENT_OFFICER, Role.OPERATIONS})
_OWN = Reason(gettext_noop("This person saved the view."))
_NOT_OWN = Reason(gettext_noop("Somebody else saved the view, for themselves."))
_NO_ACCOUNT = Reason(gettext_noop("Views are saved under an account."))
_NO_OFFICE = Reason(gettext_noop("%(role)s: no such role is held in the office's area."))
_NOT_SHARING = Reason(gettext_noop("%(role)s: this role shares no views."))
_IN_OFFICE = gettext_noop("%(role)s in %(area)s, which shares the view.")


@dataclass(frozen=True, slots=True)
class Office:
    """Whoever holds a role in an area, of a body where the role is held for one."""

    role: Role
    area_id: int
    organisation_id: int | None = None

    def holds(self, grant: HeldGrant) -> bool:
        """Whether this grant makes somebody one of the office."""
        return (grant.role, grant.area_id, grant.organisation_id) == (self.role, self.area_id, self.organisation_id)


def office_of(view: SavedView) -> Office | None:
    """The office that shares a view; None where it is one person's own."""
    if not view.role or view.area_id is None:
        return None
    return Office(Role(view.role), view.area_id, view.organisation_id)


def offices_of(actor: Actor) -> dict[Office, HeldGrant]:
    """The offices with which somebody may share, each with the grant behind it."""
    return {
        Office(grant.role, grant.area_id, grant.organisation_id): grant
        for grant in actor.grants
        if grant.role in SHARING
    }


class SavedViewPolicy:
    """The policy of saved views."""

    @property
    def verbs(self) -> frozenset[str]:
        """What can be done with one."""
        return frozenset({"see_view", "save_view", "rename_view", "delete_view"})

    def decide(self, actor: Actor, verb: str, obj: SavedView) -> Decision:
        """See ``access.policies.Policy``. The same for every verb: who shares a view keeps it."""
        if actor.user_id is None:
            return Decision(False, (_NO_ACCOUNT,))
        office = office_of(obj)
        if office is None:
            own = obj.saved_by_id == actor.user_id
            return Decision(own, (_OWN if own else _NOT_OWN,))
        role = {"role": office.role.value}
        if office.role not in SHARING:
            return Decision(False, (Reason(_NOT_SHARING.words, role),))
        for grant in actor.grants:
            if office.holds(grant):
                return Decision(True, (Reason(_IN_OFFICE, role | {"area": grant.area_name}),))
        return Decision(False, (Reason(_NO_OFFICE.words, role),))

    def load(self, reference: str) -> SavedView:
        """The view with this number. Raises ``NotFound``."""
        key = row_id(reference)
        found = None if key is None else SavedView.objects.filter(pk=key).first()
        if found is None:
            raise NotFound("no_view", f"there is no saved view {reference}")
        return found
