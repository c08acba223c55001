"""The doors of the house: which pages are made for which roles, and who acts in a request."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezhi.kernel.clock import now
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.sessions import actor_of_request


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
        "powers",
        "/powers/streets",
        _("Powers of the streets"),
        "key",
        frozenset({Role.STREET_DISPATCHER, Role.OPERATIONS, Role.PLANNER}),
    ),
    Audience(
        "administration",
        "/administration",
        _("Administration"),
        "building",
        frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.OPERATIONS}),
    ),
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
        found = actor_of_request(user, getattr(request, "session", None), now=now())
        request.gezhi_actor = found  # type: ignore[attr-defined]
    return found


# What the list of cases is to each role; whoever holds several reads the first that fits.
_CASES_OF: tuple[tuple[frozenset[Role], str | Promise], ...] = (
    (frozenset({Role.STREET_DISPATCHER}), _("Street hub")),
    (frozenset({Role.OPERATIONS, Role.PLANNER}), _("Cases of the city")),
    (frozenset({Role.CHECKER}), _("Checking of cases")),
    (frozenset({Role.DEPARTMENT_OFFICER}), _("Cases of the department")),
)


def audiences_of(request: HttpRequest) -> list[Audience]:
    """The doors that are open to the person, in the order of daily work, as they are called for the person's roles."""
    roles = actor_in(request).roles
    found = [audience for audience in AUDIENCES if audience.roles & roles]
    return [replace(audience, name=cases_name(roles)) if audience.key == "hub" else audience for audience in found]


def cases_name(roles: frozenset[Role]) -> str | Promise:
    """The heading of the list of cases for whoever holds these roles."""
    return next((name for held, name in _CASES_OF if held & roles), _("Street hub"))


def workplace_of(request: HttpRequest) -> Audience | None:
    """Where a person who steps out onto the residents' pages comes back to: the cases, or where the work begins."""
    found = audiences_of(request)
    return next((audience for audience in found if audience.key == "hub"), found[0] if found else None)


def home_of(request: HttpRequest) -> str:
    """Where the person's work begins; the residents' page for everyone without a role."""
    return next((audience.address for audience in audiences_of(request)), "/")
