"""The page behind the link of an invitation: its owner chooses a password."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gezhi.interfaces import problem
from gezhi.interfaces.web.administration.account_forms import NewPasswordForm
from gezhi.kernel.clock import now
from gezhi.kernel.errors import InvalidInput, NotFound
from gezhi.platform.access.actor import system_actor
from gezhi.platform.accounts.invitations import invitation_of
from gezhi.platform.accounts.use_cases.invite import accept_invitation


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the password; given, lead on to signing in. Raises ``NotFound`` for a link that works no more."""
    found = invitation_of(code, now=now())
    if found is None:
        raise NotFound("invitation_over", "this link does not work any more")
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            accept_invitation(
                actor=system_actor("invitation"), code=code, password=form.cleaned_data["password"], now=now()
            )
        except InvalidInput as error:
            form.add_error("password", error.message if error.code == "weak_password" else problem.words(error))
        else:
            # Not signed in at once: an account in use may have a second step.
            messages.info(request, gettext("The password is set. Sign in with it."))
            return redirect("account_login")
    context = {"form": form, "name": found.user.display_name, "username": found.user.username}
    response = render(request, "web/administration/invitation.html", context, status=422 if form.errors else 200)
    # The address is the key: no page that is opened from here is told it.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
