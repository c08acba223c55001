from django.urls import include, path

from gezhi.config.urls import urlpatterns as of_the_city
from gezhi.interfaces.api.v1.api import ProblemAPI, api, authenticate
from gezhi.interfaces.api.v1.steps import router_of
from gezhi.interfaces.web.steps import step_page
from tests.frame.bookings import BOOKING, BOOKINGS

frame_api = ProblemAPI(urls_namespace="frame", auth=authenticate, docs_url=None)
frame_api._exception_handlers = api._exception_handlers
frame_api.add_router("", router_of(BOOKING, BOOKINGS, sort="soonest"))
urlpatterns = [
    path("frame/api/", frame_api.urls),
    path("frame/<str:number>/<str:action>", step_page(BOOKING, then=lambda number: f"/frame/api/bookings/{number}")),
    path("", include(of_the_city)),
]
