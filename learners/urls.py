"""Addresses inside ``/o/<tenant>/``; the learner's own page stands in the roof's urls."""

from django.urls import path

from foundation.refs import register_refs
from learners.views import lists, records, rosters

register_refs("learner", "roster")
app_name = "learners"

urlpatterns = [
    path("learners/", lists.learners, name="learners"),
    path("learners/export.<str:kind>", lists.export, name="export"),
    path("learners/new/", records.new, name="new"),
    path("learners/rosters/", rosters.rosters, name="rosters"),
    path("learners/rosters/template.<str:kind>", rosters.template, name="template"),
    path("learners/rosters/<roster_ref:pk>/", rosters.roster, name="roster"),
    path(
        "learners/rosters/<roster_ref:pk>/reading/", rosters.roster_reading, name="roster_reading"
    ),
    path("learners/rosters/<roster_ref:pk>/wrong.csv", rosters.wrong, name="roster_wrong"),
    path("learners/rosters/<roster_ref:pk>/discarding/", rosters.discarding, name="discarding"),
    path("learners/<learner_ref:pk>/", records.learner, name="learner"),
    path("learners/<learner_ref:pk>/change/", records.change, name="change"),
    path("learners/<learner_ref:pk>/consent/", records.consent, name="consent"),
    path("learners/<learner_ref:pk>/withdrawal/", records.withdrawal, name="withdrawal"),
    path("learners/<learner_ref:pk>/sending/", records.sending, name="sending"),
    path("learners/<learner_ref:pk>/new-link/", records.new_link, name="new_link"),
    path("learners/<learner_ref:pk>/leaving/", records.leaving, name="leaving"),
    path("learners/<learner_ref:pk>/return/", records.returning, name="returning"),
    path("learners/<learner_ref:pk>/erasure/", records.erasure, name="erasure"),
]
