"""The page on which filters of the hub's list are kept under a name, renamed and deleted.

A deletion can be undone. What others see as well is deleted after a question that says who.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from gezhi.contexts.cases.queries import CASES
from gezhi.interfaces import problem
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in, cases_name
from gezhi.interfaces.web.casework.queues import HubAddresses
from gezhi.interfaces.web.forms import PlainForm
from gezhi.interfaces.web.hub.tabs import Tab, office_words, tabs_of
from gezhi.interfaces.web.posted import posted_from
from gezhi.kernel.clock import now
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.saved_views.policy import Office, offices_of
from gezhi.platform.saved_views.queries import ViewRow, others_who_see
from gezhi.platform.saved_views.use_cases.delete_view import delete_view
from gezhi.platform.saved_views.use_cases.rename_view import rename_view
from gezhi.platform.saved_views.use_cases.save_view import LONGEST_NAME, order_in, save_view

# What was deleted last stands in the person's session until the page has offered it once.
_DELETED = "hub_view_deleted"
# In the place of an office.
_ME = "me"


def _key(office: Office) -> str:
    return f"{office.role.value}:{office.area_id}:{office.organisation_id or ''}"


class SaveForm(PlainForm):
    """A name and for whom; the filters come along."""

    name = forms.CharField(label=_("Name of the view"), max_length=LONGEST_NAME)
    office = forms.ChoiceField(label=_("For whom"), initial=_ME)
    query = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices = {_key(office): office for office in offices_of(actor)}
        shared = [(_key(office), office_words(office, grant)) for office, grant in offices_of(actor).items()]
        office = self.fields["office"]
        if isinstance(office, forms.ChoiceField):
            office.choices = [(_ME, _("Only me")), *shared]
        if not shared:
            office.widget = forms.HiddenInput()


@require_http_methods(["GET", "HEAD", "POST"])
@made_for("hub")
def page(request: HttpRequest) -> HttpResponse:
    """The views with what each narrows; above them the form for the filters that the address holds."""
    actor, moment = actor_in(request), now()
    if request.method != "POST":
        filters = CASES.filters_from(request.GET, actor=actor, now=moment)
        order = request.GET.get("sort", "")
        query = HubAddresses(actor, moment).kept(filters, order if order in CASES.sorts else "")
        return _page(request, SaveForm(actor=actor, initial={"query": query}), query)
    form = SaveForm(request.POST, actor=actor)
    query = request.POST.get("query", "")
    if form.is_valid():
        data = form.cleaned_data
        office = form.offices.get(data["office"])
        try:
            saved = save_view(actor=actor, tool=CASES, query=query, name=data["name"], office=office, now=moment)
        except (InvalidInput, Conflict) as error:
            form.add_error("name" if error.field == "name" else None, problem.words(error))
        else:
            filters = CASES.filters_from(saved.query, actor=actor, now=moment)
            order = order_in(CASES, saved.query)
            return redirect(f"{reverse('hub')}?{HubAddresses(actor, moment).query(filters, order)}")
    return _page(request, form, query, status=422)


def _page(request: HttpRequest, form: SaveForm, query: str, *, status: int = 200, **more: Any) -> HttpResponse:
    actor, moment = actor_in(request), now()
    context: dict[str, Any] = {
        "form": form,
        "views": tabs_of(actor, moment),
        "heading": cases_name(actor.roles),
        "deleted": request.session.pop(_DELETED, None) if request.method == "GET" else None,
        "narrowed_by": [],
        "back": "",
        **more,
    }
    try:
        filters, order = CASES.filters_from(query, actor=actor, now=moment), order_in(CASES, query)
    except InvalidInput as error:
        form.add_error(None, problem.words(error))
    else:
        addresses = HubAddresses(actor, moment)
        context["narrowed_by"] = addresses.words(filters, order)
        context["back"] = addresses.query(filters, order)
    return render(request, "web/hub/views.html", context, status=status)


@made_for("hub")
@posted_from("hub-views")
def rename(request: HttpRequest, view_id: int) -> HttpResponse:
    """Give a view another name; an error shows at its field. Raises ``NotFound``."""
    actor, name = actor_in(request), request.POST.get("name", "")
    try:
        rename_view(actor=actor, tool=CASES, view_id=view_id, name=name, now=now())
    except (InvalidInput, Conflict) as error:
        more = {"refused": view_id, "refused_name": name, "refused_words": problem.words(error)}
        return _page(request, SaveForm(actor=actor), "", status=problem.status(error), **more)
    # The mark moves the keyboard to the view.
    return redirect(f"{reverse('hub-views')}#view-{view_id}")


@require_http_methods(["GET", "HEAD", "POST"])
@made_for("hub")
def delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """Delete a view; the page that follows offers it back. A shared one is asked about first. Raises ``NotFound``."""
    actor, moment = actor_in(request), now()
    view = next((tab for tab in tabs_of(actor, moment) if tab.id == view_id), None)
    shared = view is not None and bool(view.shared_by)
    if request.method != "POST":
        # Whoever comes here by an address that they kept may find it gone.
        return (
            _asked(request, view, others_who_see(actor, CASES, view_id, now=moment))
            if shared
            else redirect("hub-views")
        )
    if shared and request.POST.get("sure") != "1":
        return redirect("hub-view-delete", view_id=view_id)
    was = delete_view(actor=actor, tool=CASES, view_id=view_id, now=moment)
    request.session[_DELETED] = _form_of(was)
    return redirect(f"{reverse('hub-views')}#deleted")


def _asked(request: HttpRequest, view: Tab | None, others: int) -> HttpResponse:
    return render(request, "web/hub/view_delete.html", {"view": view, "others": others})


def _form_of(view: ViewRow) -> dict[str, str]:
    """The fields of the form that would save it again."""
    return {"name": view.name, "query": view.query, "office": _ME if view.office is None else _key(view.office)}
