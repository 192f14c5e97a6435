"""Asking for everything that the portal keeps for one's organisation, and making it."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.data_export.archive import PURPOSE, Archive
from backbone.models import Document, Job
from backbone.models.jobs import FINISHED
from backbone.operations.exports import keep_export
from backbone.operations.jobs import start_job
from backbone.permissions import permissions
from backbone.progress import Reports
from foundation.actors import Actor
from foundation.errors import WrongState
from foundation.operations import operation
from tenants.models import Tenant

DATA_JOB = "backbone.export_data"
KEPT_DAYS = 30
# All files of an organisation together, above what a single one may be.
LARGEST_EXPORT_BYTES = 64 * 1024 * 1024 * 1024


class BeingMade(WrongState):
    code = "being_made"
    message = _("The data is being put together already.")


@operation
def start_data_export(*, actor: Actor, now: datetime, language: str) -> Job:
    """Put everything together in the background, for the organisation's owner alone.

    Works for an organisation that has left as well. Raises NotPermitted, and BeingMade while one
    is on its way.
    """
    permissions.require(actor, "export_everything")
    own = Job.objects.filter(tenant_id=actor.tenant_id, kind=DATA_JOB)
    if own.exclude(state__in=FINISHED).exists():
        raise BeingMade
    return start_job(actor=actor, now=now, kind=DATA_JOB, payload={"language": language})


@operation
def export_data(
    *,
    actor: Actor,
    now: datetime,
    language: str,
    reporter: Reports,
    created_by_id: int | None = None,
) -> Document:
    """Write the archive and keep it for KEPT_DAYS days; headers are in ``language``."""
    permissions.require(actor, "export_everything")
    tenant = Tenant.objects.get(pk=actor.tenant_id)
    return keep_export(
        actor=actor,
        now=now,
        write=lambda out: Archive(out, tenant, now, reporter).write(),
        language=language,
        name=f"{tenant.slug}-{timezone.localdate(now)}.zip",
        purpose=PURPOSE,
        days=KEPT_DAYS,
        reporter=reporter,
        created_by_id=created_by_id,
        limit=LARGEST_EXPORT_BYTES,
    )
