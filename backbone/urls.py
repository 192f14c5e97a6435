"""Addresses inside ``/o/<tenant>/``."""

from django.urls import path

from backbone import views

app_name = "backbone"

urlpatterns = [
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/progress/", views.job_progress, name="job_progress"),
    path("jobs/<int:pk>/cancellation/", views.job_cancellation, name="job_cancellation"),
    path("jobs/<int:pk>/resumption/", views.job_resumption, name="job_resumption"),
    # Below jobs/, so that the sidebar's one entry for both stays marked.
    path("jobs/files/", views.files, name="files"),
    path("files/<int:pk>/", views.file, name="file"),
    path("notices/", views.notices, name="notices"),
    path("notices/reading/", views.notices_reading, name="notices_reading"),
    path("notices/<int:pk>/", views.notice, name="notice"),
]
