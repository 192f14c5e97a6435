"""Addresses inside ``/o/<tenant>/``; the invited person's page stands in the roof's urls."""

from django.urls import path

from foundation.refs import register_refs
from members import views

register_refs("invitation", "membership")
app_name = "members"

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/<membership_ref:pk>/roles/", views.roles, name="roles"),
    path("people/<membership_ref:pk>/ending/", views.ending, name="ending"),
    path("people/invitations/<invitation_ref:pk>/sending/", views.sending, name="sending"),
    path("people/invitations/<invitation_ref:pk>/withdrawal/", views.withdrawal, name="withdrawal"),
]
