"""Addresses of forms."""

from django.urls import path

from gezhi.interfaces.web.papers import ledger, views

urlpatterns = [
    path("hub/cases/<str:number>/papers/<slug:paper>", views.page, name="paper"),
    path("hub/cases/<str:number>/papers/<slug:paper>/workbook", views.workbook, name="paper-workbook"),
    path("hub/ledger", ledger.page, name="ledger"),
]
