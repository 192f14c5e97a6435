"""Addresses for applicants, who have no account; the roof hangs them under ``/apply/``."""

from django.urls import path

from foundation.refs import register_refs
from residency import public

register_refs("requirement")
app_name = "apply"

urlpatterns = [
    path("", public.begin, name="begin"),
    path("<str:token>/", public.application, name="application"),
    path("<str:token>/answers/<slug:section>/", public.section, name="section"),
    path("<str:token>/documents/", public.papers, name="documents"),
    path("<str:token>/documents/<requirement_ref:pk>/", public.paper, name="document"),
    path("<str:token>/documents/<requirement_ref:pk>/file/", public.paper_file, name="file"),
    path("<str:token>/documents/<requirement_ref:pk>/removal/", public.removal, name="removal"),
    path("<str:token>/submission/", public.submission, name="submission"),
    path("<str:token>/withdrawal/", public.withdrawal, name="withdrawal"),
]
