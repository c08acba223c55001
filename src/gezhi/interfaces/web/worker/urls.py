"""Addresses of the workers' pages."""

from django.urls import path

from gezhi.interfaces.web.worker import views

urlpatterns = [
    path("worker", views.tasks, name="worker"),
    path("worker/rows", views.task_rows, name="worker-rows"),
    path("worker/map", views.tasks_map, name="worker-map"),
    path("worker/points", views.points, name="worker-points"),
    path("worker/notice", views.notice, name="worker-notice"),
    path("worker/done", views.done, name="worker-done"),
    path("worker/cases/<str:number>", views.task, name="worker-task"),
    path("worker/cases/<str:number>/reporter", views.reporter, name="worker-reporter"),
    path("worker/cases/<str:number>/<slug:action>", views.act, name="worker-act"),
]
