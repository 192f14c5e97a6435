"""The Celery application: workers take ids, never objects, and every task can run twice."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "park_portal.settings")

app = Celery("park_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_unsafe_role(**_kwargs: Any) -> None:
    """A worker of production does not start with a role that bypasses the wall."""
    from park_portal import production

    production.refuse_unsafe_role()
