"""Addresses of forms."""

from django.urls import path

from gezhi.interfaces.web.papers import ledger, views

urlpatterns = [
    path("hub/cases/<str:number>/papers/<slug:paper>", views.page, name="paper"),
    path("hub/cases/<str:number>/papers/<slug:paper>/workbook", views.workbook, name="paper-workbook"),
    path("hub/cases/<str:number>/papers/<slug:paper>/pdf", views.pdf, name="paper-pdf"),
    path("hub/ledger", ledger.page, name="ledger"),
    path("hub/ledger/pdf", ledger.pdf, name="ledger-pdf"),
]
