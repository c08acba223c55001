"""Addresses of the operations centre."""

from django.urls import path

from gezhi.interfaces.web.operations import views

urlpatterns = [path("operations", views.page, name="operations")]
