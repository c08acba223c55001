"""What is done with an account: opened, given roles, ended, opened again. Looked at first, done then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from gezhi.contexts.cases.queries import open_cases_with
from gezhi.contexts.organisations.queries import all_organisations
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.administration.account_forms import (
    END_REASON,
    EndForm,
    InviteForm,
    RoleForm,
    SureForm,
)
from gezhi.interfaces.web.administration.accounts import ToldRole, link_shown, told_accounts, told_roles
from gezhi.interfaces.web.administration.asking import Page, Preview, Words, ask, body_called, end_of, named_in, posted
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.words import ROLE, day_of, english, local_name
from gezhi.kernel.clock import now
from gezhi.kernel.errors import NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.access.queries import held_alone, held_by
from gezhi.platform.access.territory import require_in
from gezhi.platform.access.use_cases.ask_role import answer_role, ask_role
from gezhi.platform.access.use_cases.end_grant import end_grant
from gezhi.platform.access.use_cases.grant_role import grant_role
from gezhi.platform.accounts.queries import account, link_needs
from gezhi.platform.accounts.use_cases.ask_link import answer_link, ask_link
from gezhi.platform.accounts.use_cases.end_account import EndReason, end_account, restore_account
from gezhi.platform.accounts.use_cases.invite import WantedRole, invite, renew_link, require_new_account

FORM = ["GET", "HEAD", "POST"]


def _list_page(title: Words, **more: Any) -> Page:
    return Page(title, reverse("administration-accounts"), _("Accounts"), **more)


def _account_page(title: Words, account_id: int, name: str, **more: Any) -> Page:
    return Page(title, reverse("administration-account", kwargs={"account_id": account_id}), name, **more)


def _role_facts(given: dict[str, Any]) -> Sequence[tuple[Words, Words]]:
    if not given["role"]:
        return ((_("Role"), _("None yet: the person can sign in and do nothing")),)
    facts = [(_("Role"), ROLE[given["role"]]), (_("Area"), local_name(given["area"]))]
    if given["organisation"]:
        facts.append((_("Organisation"), body_called(all_organisations(), given["organisation"])))
    if given["until"]:
        facts.append((_("Last day"), day_of(given["until"], english=english())))
    return facts


def _role(given: dict[str, Any]) -> WantedRole:
    return WantedRole(Role(given["role"]), given["area"].id, given["organisation"], end_of(given["until"]))


@made_for("administration")
@require_http_methods(FORM)
def new(request: HttpRequest) -> HttpResponse:
    """Invite somebody; the answer shows the link, this once."""
    actor = actor_in(request)
    require_in(actor, "open_account")
    form = InviteForm(posted(request), initial=named_in(request, "role", "area"))
    lead = _("You open the account and ask for the role; a security administrator grants it. Nobody does both.")

    def preview() -> Preview:
        given = form.cleaned_data
        own = {name: given[name] for name in ("username", "display_name", "email")}
        require_new_account(**own)
        facts = [(_("Name"), given["display_name"]), (_("Account"), given["username"]), (_("E-mail"), given["email"])]
        waits = [_("The role waits for a security administrator; until then the person can sign in and do nothing.")]
        return Preview(
            _("Invite this person?"),
            _("Open the account and show the link"),
            [*facts, *_role_facts(given)],
            waits if given["role"] else (),
        )

    def change() -> HttpResponse:
        given = form.cleaned_data
        own = {name: given[name] for name in ("username", "display_name", "email")}
        roles = [_role(given)] if given["role"] else []
        return link_shown(request, invite(actor=actor, roles=roles, now=now(), **own))

    return ask(request, _list_page(_("Invite somebody"), lead=lead), form, preview=preview, change=change)


@made_for("administration")
@require_http_methods(FORM)
def add_role(request: HttpRequest, account_id: int) -> HttpResponse:
    """Give a role (a security administrator) or ask for one (a system administrator). Raises ``NotFound``."""
    actor = actor_in(request)
    row = account(actor, account_id, now=now())
    form, grants = RoleForm(posted(request)), Role.SECURITY_ADMIN in actor.roles
    if not grants:
        require_in(actor, "open_account")

    def preview() -> Preview:
        given = form.cleaned_data
        facts = [(_("Name"), row.display_name), *_role_facts(given)]
        if grants:
            require_in(actor, "grant", [given["area"].id])
            return Preview(_("Grant this role?"), _("Grant the role"), facts)
        waits = [_("The role waits for a security administrator.")]
        return Preview(_("Ask for this role?"), _("Ask for the role"), facts, waits)

    def change() -> HttpResponse:
        wanted = _role(form.cleaned_data)
        (grant_role if grants else ask_role)(
            actor=actor,
            user_id=account_id,
            role=wanted.role,
            area_id=wanted.area_id,
            organisation_id=wanted.organisation_id,
            until=wanted.until,
            now=now(),
        )
        return redirect("administration-account", account_id=account_id)

    title = _("Grant a role") if grants else _("Ask for a role")
    return ask(request, _account_page(title, account_id, row.display_name), form, preview=preview, change=change)


@made_for("administration")
@require_http_methods(FORM)
def end_role(request: HttpRequest, account_id: int, grant_id: int) -> HttpResponse:
    """End a role of an account. Raises ``NotFound``."""
    actor = actor_in(request)
    row = account(actor, account_id, now=now())
    held = next((one for one in held_by([account_id], now=now()).get(account_id, []) if one.id == grant_id), None)
    if held is None:
        raise NotFound("no_grant", f"there is no grant {grant_id} in force")
    require_in(actor, "end_grant", [held.area_id])

    def preview() -> Preview:
        told = told_accounts([row])[0]
        role = next(one for one in told.roles if one.row.id == grant_id)
        facts = [(_("Name"), row.display_name), (_("Role"), role.role), (_("Area"), role.place)]
        return Preview(
            _("End this role?"),
            _("End the role"),
            facts,
            _left_behind(account_id, [role], last_role=len(told.roles) == 1),
            danger=True,
        )

    def change() -> HttpResponse:
        end_grant(actor=actor, grant_id=grant_id, now=now())
        return redirect("administration-account", account_id=account_id)

    (ends,) = told_roles([held])
    words = gettext("The role stops at once; that it was held stays on record.")
    page = _account_page(
        _("End a role"), account_id, row.display_name, lead=f"{row.display_name}: {ends.role} · {ends.place}. {words}"
    )
    return ask(request, page, SureForm(posted(request)), preview=preview, change=change)


def _left_behind(account_id: int, ending: Sequence[ToldRole], *, last_role: bool) -> list[str]:
    """What an account leaves lying when these roles of it end."""
    count = open_cases_with([account_id]).get(account_id, 0)
    found = []
    if count:
        words = ngettext(
            "%(count)s open case is with this person. City operations or the street hub can hand it over.",
            "%(count)s open cases are with this person. City operations or the street hub can hand them over.",
            count,
        )
        found.append(words % {"count": count})
    alone = {row.id for row in held_alone([one.row for one in ending], now=now())}
    for one in ending:
        if one.row.id in alone:
            words = gettext(
                "Nobody else holds this role there: %(role)s · %(place)s. What comes in waits until somebody does."
            )
            found.append(words % {"role": one.role, "place": one.place})
    if last_role:
        found.append(gettext("It is the only role of this account."))
    return found


@made_for("administration")
@posted_from("administration-account", "account_id")
def answer(request: HttpRequest, account_id: int, asked_id: int) -> HttpResponse:
    """Grant a role that was asked for, or refuse it. Raises what ``answer_role`` raises."""
    grant = request.POST.get("grant") == "yes"
    answer_role(actor=actor_in(request), asked_id=asked_id, grant=grant, now=now())
    messages.info(request, gettext("Granted.") if grant else gettext("Refused."))
    return redirect("administration-account", account_id=account_id)


@made_for("administration")
@require_http_methods(FORM)
def link(request: HttpRequest, account_id: int) -> HttpResponse:
    """A new link for an account; into one in use it is asked for first. Raises ``NotFound``, ``NotAllowed``."""
    actor = actor_in(request)
    row = account(actor, account_id, now=now())
    require_in(actor, "open_account")
    facts = [(_("Name"), row.display_name), (_("Account"), row.username)]
    if link_needs(actor, account_id, now=now()).second:
        lead = _(
            "The account is in use: a security administrator agrees before a link is made, and its owner is told of it."
        )

        def asked() -> HttpResponse:
            ask_link(actor=actor, user_id=account_id, now=now())
            messages.info(request, gettext("Asked for: a security administrator answers on the page of this account."))
            return redirect("administration-account", account_id=account_id)

        return ask(
            request,
            _account_page(_("Ask for a new link"), account_id, row.display_name, lead=lead),
            SureForm(posted(request)),
            preview=lambda: Preview(_("Ask for a new link?"), _("Ask for it"), facts, [lead]),
            change=asked,
        )

    def preview() -> Preview:
        words = _("Earlier links work no more. A password works until the new link is used.")
        return Preview(_("Make a new link?"), _("Make it and show it"), facts, [words])

    page = _account_page(_("A new link"), account_id, row.display_name)
    return ask(
        request,
        page,
        SureForm(posted(request)),
        preview=preview,
        change=lambda: link_shown(request, renew_link(actor=actor, user_id=account_id, now=now())),
    )


@made_for("administration")
@posted_from("administration-account", "account_id")
def answer_for_link(request: HttpRequest, account_id: int, asked_id: int) -> HttpResponse:
    """Agree to a new link that was asked for, or refuse it. Raises what ``answer_link`` raises."""
    grant = request.POST.get("grant") == "yes"
    answer_link(actor=actor_in(request), user_id=account_id, asked_id=asked_id, grant=grant, now=now())
    messages.info(request, gettext("Agreed.") if grant else gettext("Refused."))
    return redirect("administration-account", account_id=account_id)


@made_for("administration")
@require_http_methods(FORM)
def end(request: HttpRequest, account_id: int) -> HttpResponse:
    """End an account. Raises ``NotFound``, ``NotAllowed``."""
    actor = actor_in(request)
    row = account(actor, account_id, now=now())
    require_in(actor, "end_account")
    form = EndForm(posted(request))

    def preview() -> Preview:
        told = told_accounts([row])[0]
        facts = [
            (_("Name"), row.display_name),
            (_("Account"), row.username),
            (_("Why"), END_REASON[EndReason(form.cleaned_data["reason"])]),
            (_("Roles that end with it"), ", ".join(f"{one.role} · {one.place}" for one in told.roles)),
            (_("Signed in last"), _moment(row.last_login)),
        ]
        return Preview(
            _("End this account?"),
            _("End the account"),
            facts,
            _left_behind(account_id, told.roles, last_role=False),
            danger=True,
        )

    def change() -> HttpResponse:
        end_account(actor=actor, user_id=account_id, reason=EndReason(form.cleaned_data["reason"]), now=now())
        return redirect("administration-account", account_id=account_id)

    words = _("Sessions, tokens, links and roles end at once. What the person did stays under the name.")
    page = _account_page(_("End the account"), account_id, row.display_name, lead=words)
    return ask(request, page, form, preview=preview, change=change)


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return gettext("never")
    return day_of(timezone.localtime(moment).date(), english=english())


@made_for("administration")
@require_http_methods(FORM)
def restore(request: HttpRequest, account_id: int) -> HttpResponse:
    """Open an ended account again; into one that was used the link is asked for. Raises ``NotFound``, ``Conflict``."""
    actor = actor_in(request)
    row = account(actor, account_id, now=now())
    require_in(actor, "end_account")

    def preview() -> Preview:
        facts = [(_("Name"), row.display_name), (_("Account"), row.username)]
        words = _("The roles that ended with it are asked for anew; a security administrator answers.")
        link = _("So is a new link into it, where somebody has used the account before.")
        return Preview(_("Open this account again?"), _("Open it again"), facts, [words, link])

    def opened() -> HttpResponse:
        invited = restore_account(actor=actor, user_id=account_id, now=now())
        if invited is not None:
            return link_shown(request, invited)
        messages.info(request, gettext("Opened again. A security administrator answers for the link and the roles."))
        return redirect("administration-account", account_id=account_id)

    page = _account_page(_("Open the account again"), account_id, row.display_name)
    return ask(
        request,
        page,
        SureForm(posted(request)),
        preview=preview,
        change=opened,
    )
