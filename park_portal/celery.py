"""The Celery application: workers take ids, never objects, and every task can run twice."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "park_portal.settings")

app = Celery("park_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
