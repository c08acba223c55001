"""The doors of the house: which pages are made for which roles, and who acts in a request."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezhi.kernel.clock import now
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import ANONYMOUS, Actor, actor_of


@dataclass(frozen=True, slots=True)
class Audience:
    """A set of pages: its address, its name, its icon and the roles that it is made for."""

    key: str
    address: str
    name: str | Promise
    icon: str
    roles: frozenset[Role]


# The order is that of daily work: whoever holds several roles lands on the first.
AUDIENCES: tuple[Audience, ...] = (
    Audience("operations", "/operations", _("Operations"), "figures", frozenset({Role.OPERATIONS, Role.PLANNER})),
    Audience(
        "hub",
        "/hub",
        _("Street hub"),
        "inbox",
        frozenset(
            # A planner acts on no case, but every figure leads to the cases behind it.
            {Role.STREET_DISPATCHER, Role.CHECKER, Role.DEPARTMENT_OFFICER, Role.OPERATIONS, Role.PLANNER}
        ),
    ),
    Audience("worker", "/worker", _("My tasks"), "list", frozenset({Role.GRID_WORKER, Role.DEPARTMENT_OFFICER})),
    Audience(
        "access",
        "/access/explain",
        _("Access"),
        "shield",
        frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}),
    ),
)


def actor_in(request: HttpRequest) -> Actor:
    """Who acts in this request; asked once a request."""
    found: Actor | None = getattr(request, "gezhi_actor", None)
    if found is None:
        user = getattr(request, "user", None)
        found = ANONYMOUS if user is None else actor_of(user, now=now())
        request.gezhi_actor = found  # type: ignore[attr-defined]
    return found


def audiences_of(request: HttpRequest) -> list[Audience]:
    """The doors that are open to the person, in the order of daily work."""
    roles = actor_in(request).roles
    return [audience for audience in AUDIENCES if audience.roles & roles]


def home_of(request: HttpRequest) -> str:
    """Where the person's work begins; the residents' page for everyone without a role."""
    return next((audience.address for audience in audiences_of(request)), "/")
