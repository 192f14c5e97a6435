"""Addresses inside ``/o/<tenant>/``."""

from django.urls import path

from backbone import data_views, views
from foundation.refs import register_refs

register_refs("file", "job", "notice")
app_name = "backbone"

urlpatterns = [
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<job_ref:pk>/", views.job, name="job"),
    path("jobs/<job_ref:pk>/progress/", views.job_progress, name="job_progress"),
    path("jobs/<job_ref:pk>/cancellation/", views.job_cancellation, name="job_cancellation"),
    path("jobs/<job_ref:pk>/resumption/", views.job_resumption, name="job_resumption"),
    # Below jobs/, so that the sidebar's one entry for both stays marked.
    path("jobs/files/", views.files, name="files"),
    path("jobs/files/<file_ref:pk>/", views.file, name="file"),
    path("jobs/files/<file_ref:pk>/link/", views.file_link, name="file_link"),
    path("data/", data_views.data, name="data"),
    path("notices/", views.notices, name="notices"),
    path("notices/reading/", views.notices_reading, name="notices_reading"),
    path("notices/<notice_ref:pk>/reading/", views.notice_reading, name="notice_reading"),
]
