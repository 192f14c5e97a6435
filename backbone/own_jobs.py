"""What the backbone itself does in the background."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from backbone.models import Job
from backbone.operations.data_export import export_data as write_export
from backbone.progress import Reporter


def export_data(job: Job, reporter: Reporter) -> dict[str, Any]:
    with job.enter():
        document = write_export(
            actor=job.actor,
            now=timezone.now(),
            language=job.payload["language"],
            reporter=reporter,
            created_by_id=job.requested_by_id,
        )
    return {"document": document.pk}


def data_page(job: Job) -> str:
    return reverse("backbone:data", kwargs={"tenant": job.tenant.slug})
