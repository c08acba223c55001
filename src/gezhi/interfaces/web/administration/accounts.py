"""Accounts: the list, one account with its roles, and the link that lets somebody in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.administration.account_forms import ROLES, STATE, TONE, role_choices
from gezhi.interfaces.web.administration.asking import AreaField, areas_to_choose
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.forms import PlainForm
from gezhi.interfaces.web.words import ROLE, in_language
from gezhi.kernel.clock import now
from gezhi.kernel.reading import without_controls
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.queries import RoleRow, asked_for, held_by
from gezhi.platform.access.territory import may_in
from gezhi.platform.accounts.invitations import VALID_FOR
from gezhi.platform.accounts.queries import AccountFilters, AccountRow, AccountState, account, accounts, link_needs
from gezhi.platform.accounts.use_cases.invite import Invited

PER_PAGE = 30


class ListForm(PlainForm):
    """What the list of accounts is narrowed to."""

    q = forms.CharField(label=_("Name or account"), required=False, max_length=60)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=role_choices)
    area = AreaField(label=_("Area"), required=False, help_text="")
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", "—"), *((one.value, words) for one, words in STATE.items())]
    )
    asked = forms.BooleanField(label=_("Only those that wait for an answer"), required=False)


@dataclass(frozen=True, slots=True)
class ToldRole:
    """A role in words: what, where, for whom, until when."""

    row: RoleRow
    role: str
    place: str
    body: str


@dataclass(frozen=True, slots=True)
class ToldAccount:
    """An account in words."""

    row: AccountRow
    state: str
    tone: str
    roles: list[ToldRole]
    asked: list[ToldRole]
    link_works: bool


def told_roles(rows: list[RoleRow]) -> list[ToldRole]:
    """Roles in the reader's language."""
    return [
        ToldRole(
            row,
            str(ROLE.get(row.role, row.role)),
            in_language(row.area_name, row.area_name_en),
            in_language(row.body_name, row.body_name_en),
        )
        for row in rows
    ]


def told_accounts(rows: list[AccountRow]) -> list[ToldAccount]:
    """Accounts in the reader's language. Two queries, however many."""
    moment, ids = now(), [row.id for row in rows]
    held, asked = held_by(ids, now=moment), asked_for(ids)
    return [
        ToldAccount(
            row,
            str(STATE[row.state]),
            TONE[row.state],
            told_roles(held.get(row.id, [])),
            told_roles(asked.get(row.id, [])),
            row.link_until is not None and row.link_until > moment,
        )
        for row in rows
    ]


def rights_of(actor: Actor) -> dict[str, bool]:
    """What of the accounts this person may do, for the buttons of a page."""
    return {
        "may_open": bool(may_in(actor, "open_account")),
        "may_end": bool(may_in(actor, "end_account")),
        "may_grant": Role.SECURITY_ADMIN in actor.roles,
    }


@require_safe
@made_for("administration")
def page(request: HttpRequest) -> HttpResponse:
    """The list, by user name."""
    actor = actor_in(request)
    form = ListForm(request.GET)
    filters = AccountFilters()
    if form.is_valid():
        given = form.cleaned_data
        filters = AccountFilters(
            text=given["q"],
            role=Role(given["role"]) if given["role"] in set(ROLES) else None,
            area="" if given["area"] is None else given["area"].path,
            state=AccountState(given["state"]) if given["state"] else None,
            asked=given["asked"],
        )
    after = without_controls(request.GET.get("after", ""))[:150]
    found = accounts(actor, filters, after=after, limit=PER_PAGE, now=now())
    kept = [(name, value) for name, value in request.GET.items() if name in form.fields and value]
    context: dict[str, Any] = {
        "form": form,
        "accounts": told_accounts(found.rows),
        "areas": areas_to_choose(),
        "next": None if found.next is None else "?" + urlencode([*kept, ("after", found.next)]),
        "narrowed": bool(kept),
        "first": not after,
        **rights_of(actor),
    }
    return render(request, "web/administration/accounts.html", context, status=422 if form.errors else 200)


@require_safe
@made_for("administration")
def one(request: HttpRequest, account_id: int) -> HttpResponse:
    """One account: what it is, its roles, what can be done with it. Raises ``NotFound``."""
    actor = actor_in(request)
    told = told_accounts([account(actor, account_id, now=now())])[0]
    context = {
        "one": told,
        "own": actor.user_id == account_id,
        "link": link_needs(actor, account_id, now=now()),
        **rights_of(actor),
    }
    return render(request, "web/administration/account.html", context)


def link_shown(request: HttpRequest, invited: Invited) -> HttpResponse:
    """The page that shows a link, this once; where the city has a mail server, the link is sent as well."""
    actor = actor_in(request)
    row = account(actor, invited.user_id, now=now())
    address = request.build_absolute_uri(reverse("invitation", kwargs={"code": invited.code}))
    sent = False
    if settings.MAIL_IS_SET_UP and row.email:
        send_mail(
            gettext("Your account for Gezhi"),
            gettext(
                "An account was opened for you: %(username)s\n\nChoose a password here within 72 hours:\n%(address)s\n"
            )
            % {"username": row.username, "address": address},
            None,
            [row.email],
            fail_silently=True,
        )
        sent = True
    context = {"one": row, "address": address, "sent": sent, "hours": VALID_FOR // timedelta(hours=1)}
    response = render(request, "web/administration/link.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response
