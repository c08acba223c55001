"""Addresses of the operations centre."""

from django.urls import path

from gezhi.interfaces.web.operations import messages, views

urlpatterns = [
    path("operations", views.page, name="operations"),
    path("operations/messages", messages.messages, name="operations-messages"),
    path("operations/messages/<int:message_id>/again", messages.again, name="operations-message-again"),
]
