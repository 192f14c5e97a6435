"""Jobs and files of an organisation, for its page in the staff site."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from backbone.models import Document, Job
from backbone.models.jobs import FINISHED, JobState
from backbone.permissions import permissions
from backbone.sections import Line, Section
from foundation.actors import Actor
from foundation.home import Destination
from foundation.money import format_number
from tenants.models import Tenant


def section(actor: Actor, tenant: Tenant, now: datetime) -> Section | None:
    """How much there is; what stands in jobs and files is the organisation's own affair."""
    if not permissions.permits(actor, "see_all_jobs"):
        return None
    jobs = Job.objects.filter(tenant=tenant).aggregate(
        open=Count("pk", filter=~Q(state__in=FINISHED)),
        failed=Count("pk", filter=Q(state=JobState.FAILED)),
    )
    files = Document.objects.filter(tenant=tenant).aggregate(count=Count("pk"), size=Sum("size"))
    to = Destination("admin:backbone_job_changelist", query={"q": tenant.name})
    return Section(
        _("Jobs and files"),
        [
            Line(_("Jobs that are not finished"), format_number(jobs["open"]), to),
            Line(_("Failed jobs"), format_number(jobs["failed"]), to, warning=jobs["failed"] > 0),
            Line(_("Files"), format_number(files["count"])),
            Line(_("Room that they take"), filesizeformat(files["size"] or 0)),
        ],
        order=90,
    )
