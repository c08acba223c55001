"""Addresses of the residents' pages."""

from django.urls import path

from gezhi.interfaces.throttle import looked_at_not_too_often, not_too_often
from gezhi.interfaces.web.resident import follow, held, notices, pages, powers, public, report, who

urlpatterns = [
    path("", pages.front, name="front"),
    path("privacy", pages.privacy, name="privacy"),
    path("who", looked_at_not_too_often(who.who), name="who"),
    path("powers", looked_at_not_too_often(powers.powers), name="powers"),
    path("powers/<int:power_id>", looked_at_not_too_often(powers.power), name="power"),
    path("public", looked_at_not_too_often(public.public), name="public"),
    path("public/reports.csv", looked_at_not_too_often(public.as_csv), name="public-csv"),
    path("public/reports.json", looked_at_not_too_often(public.as_json), name="public-json"),
    path("report", looked_at_not_too_often(report.where), name="report"),
    path("report/what", looked_at_not_too_often(report.what), name="report-what"),
    path("report/finish", looked_at_not_too_often(report.finish), name="report-finish"),
    path("report/send", not_too_often(report.send), name="report-send"),
    path("report/nearby", looked_at_not_too_often(report.nearby), name="report-nearby"),
    # Asked while somebody types: counted apart, so that typing keeps nobody from the pages.
    path("report/classes", not_too_often(report.classes, kind="type:"), name="report-classes"),
    path("follow", not_too_often(follow.ask), name="follow"),
    path("follow/<str:code>", not_too_often(follow.case), name="follow-case"),
    path("follow/<str:code>/rate", not_too_often(follow.rate), name="follow-rate"),
    path("follow/<str:code>/add", not_too_often(follow.add), name="follow-add"),
    path("follow/<str:code>/withdraw", not_too_often(follow.withdraw), name="follow-withdraw"),
    path("follow/<str:code>/remind", not_too_often(follow.remind), name="follow-remind"),
    path("follow/<str:code>/notices", not_too_often(notices.choose), name="follow-notices"),
    path("stop/<str:token>", looked_at_not_too_often(notices.stop), name="stop-notices"),
    path("stop/<str:token>/now", not_too_often(notices.stop_now), name="stop-notices-now"),
    path("follow/<str:code>/data", looked_at_not_too_often(held.data), name="follow-data"),
    path("follow/<str:code>/erase", not_too_often(held.erase), name="follow-erase"),
    path(
        "follow/<str:code>/pictures/<uuid:picture_id>", looked_at_not_too_often(follow.picture), name="follow-picture"
    ),
]
