"""Addresses of the powers at streets, for those who ask and those who answer."""

from django.urls import path, reverse

from gezhi.contexts.powers.use_cases import HOLDING
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.powers import failing, views
from gezhi.interfaces.web.steps import step_page

_act = step_page(
    HOLDING,
    then=lambda number: reverse("powers-one", args=[number]),
    called=views.called,
)

urlpatterns = [
    path("powers/streets", views.page, name="powers-streets"),
    path("powers/streets/failing", failing.page, name="powers-failing"),
    path("powers/streets/<str:number>", views.one, name="powers-one"),
    path("powers/streets/<str:number>/<slug:action>", made_for("powers")(_act), name="powers-act"),
]
