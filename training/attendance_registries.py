"""What the training centre tells the backbone of attendance: its job, and the file that it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backbone.jobs import register as register_job
from backbone.purposes import register_purpose
from tenants.kinds import Role

if TYPE_CHECKING:
    from backbone.models import Job


def register() -> None:
    from foundation.operations import explain
    from training import tasks
    from training.operations.evidence import EVIDENCE_JOB, PURPOSE

    register_job(
        EVIDENCE_JOB, tasks.write_evidence, label=_("Evidence of a session"), result_url=_pack
    )
    register_purpose(
        PURPOSE,
        label=_("Evidence of sessions"),
        readers=[Role.COORDINATOR, Role.OPERATIONS, Role.FINANCE],
    )
    explain("session_is_settled", _("The session is settled: nothing is marked any more."))


def _pack(job: Job) -> str:
    where = {"tenant": job.tenant.slug, "pk": job.result["document"]}
    return reverse("backbone:file", kwargs=where)
