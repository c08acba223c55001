"""Addresses of the workers' pages."""

from django.urls import path

from gezhi.interfaces.web.worker import queued, task_map, views, waiting

urlpatterns = [
    path("worker", views.tasks, name="worker"),
    path("worker/rows", views.task_rows, name="worker-rows"),
    path("worker/map", task_map.page, name="worker-map"),
    path("worker/points", task_map.points, name="worker-points"),
    path("worker/pressed", task_map.pressed, name="worker-pressed"),
    path("worker/notice", views.notice, name="worker-notice"),
    path("worker/waiting", waiting.page, name="worker-waiting"),
    path("worker/not-kept", waiting.not_kept, name="worker-not-kept"),
    path("worker/queued", queued.ready, name="worker-queue"),
    path("worker/queued/notice", queued.notice, name="worker-queued-notice"),
    path("worker/queued/<str:number>/<slug:action>", queued.act, name="worker-queued-act"),
    path("worker/done", views.done, name="worker-done"),
    path("worker/cases/<str:number>", views.task, name="worker-task"),
    path("worker/cases/<str:number>/reporter", views.reporter, name="worker-reporter"),
    path("worker/cases/<str:number>/<slug:action>", views.act, name="worker-act"),
]
