"""Pages for jobs, files and notices of the organisation one is in."""

from __future__ import annotations

import logging
from typing import Any, BinaryIO

from csp.decorators import csp_update
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backbone import links, operations
from backbone.forms import JobFilter
from backbone.models import BytesMissing, Document, Job, Notice
from backbone.paging import page_of
from backbone.presentation import ShownDocument, ShownJob
from foundation.actors import Actor
from foundation.errors import DomainError, WrongState
from foundation.qr import qr_code
from tenants.isolation.context import enter_tenant
from tenants.standing import allowed_after_leaving

logger = logging.getLogger(__name__)


# Even a browser that showed a file would give it no script and no origin.
_sandboxed: Any = csp_update({"sandbox": True})


@require_safe
def jobs(request: Any) -> HttpResponse:
    """The organisation's jobs, newest first; one's own unless one leads it."""
    form = JobFilter(request.GET)
    visible = Job.objects.visible_to(request.actor).select_related("requested_by")
    if form.is_valid() and form.cleaned_data["state"]:
        visible = visible.filter(state=form.cleaned_data["state"])
    page = page_of(visible, request.GET)
    shown = [ShownJob(job, request.tenant, request.actor) for job in page.rows]
    return render(request, "backbone/jobs.html", {"filter": form, "page": page, "jobs": shown})


@require_safe
def job(request: Any, pk: int) -> HttpResponse:
    return render(request, "backbone/job.html", {"job": _shown_job(request, pk)})


@require_safe
def job_progress(request: Any, pk: int) -> HttpResponse:
    """The moving part of a job's page; it stops asking once the job is finished."""
    return render(request, "backbone/job_progress.html", {"job": _shown_job(request, pk)})


@allowed_after_leaving
@require_POST
def job_cancellation(request: Any, pk: int) -> HttpResponse:
    return _change_job(request, pk, operations.request_cancel)


@allowed_after_leaving
@require_POST
def job_resumption(request: Any, pk: int) -> HttpResponse:
    return _change_job(request, pk, operations.resume_job)


@require_safe
def files(request: Any) -> HttpResponse:
    """Files that the person may read, newest first."""
    visible = Document.objects.visible_to(request.actor).select_related("created_by")
    page = page_of(visible, request.GET)
    shown = [ShownDocument(document, request.tenant) for document in page.rows]
    return render(request, "backbone/files.html", {"page": page, "files": shown})


@require_safe
def staff_file(request: Any, pk: int) -> FileResponse:
    """A file that both sides hold, or one of the park's own, for the park's staff."""
    return _file(request, pk)


@require_safe
def file(request: Any, pk: int) -> FileResponse:
    """The bytes, always as a download under the name they were stored with."""
    return _file(request, pk)


def _file(request: Any, pk: int) -> FileResponse:
    try:
        document, opened = operations.open_document(
            actor=request.actor, now=timezone.now(), document_id=pk
        )
    except BytesMissing:
        raise
    except DomainError as error:
        raise Http404 from error
    return download(document, opened)


@require_POST
def file_link(request: Any, pk: int) -> HttpResponse:
    """A link with which the file opens on a phone that is not signed in, shown once."""
    try:
        document, link = operations.make_link(
            actor=request.actor, now=timezone.now(), document_id=pk
        )
    except DomainError as error:
        raise Http404 from error
    address = request.build_absolute_uri(reverse("linked_file", kwargs={"token": link.token}))
    picture = qr_code(address, _("The link as a QR code"))
    shown = {"document": document, "link": link, "address": address, "picture": picture}
    response = render(request, "backbone/file_link.html", shown)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
def linked_file(request: Any, token: str) -> FileResponse:
    """The bytes for whoever has the link. Raises LinkExpired for one that was right before."""
    now = timezone.now()
    try:
        link = links.read(token, now=now)
    except links.BadLink as error:
        raise Http404 from error
    actor = Actor(user_id=None, tenant_id=link.tenant_id)
    try:
        with enter_tenant(link.tenant_id):
            document, opened = operations.open_link(actor=actor, now=now, link=link)
    except BytesMissing:
        raise
    except DomainError as error:
        raise Http404 from error
    logger.info("file %s of organisation %s was opened by a link", document.pk, link.tenant_id)
    return download(document, opened)


@_sandboxed
def download(document: Document, opened: BinaryIO) -> FileResponse:
    """The bytes under the name they were stored with, never shown in the portal's own origin."""
    return FileResponse(
        opened,
        as_attachment=True,
        filename=document.name,
        content_type=document.content_type,
    )


@require_safe
def notices(request: Any) -> HttpResponse:
    page = page_of(Notice.objects.visible_to(request.actor), request.GET)
    return render(request, "backbone/notices.html", {"page": page})


@allowed_after_leaving
@require_POST
def notice_reading(request: Any, pk: int) -> HttpResponse:
    """Read one: mark it and go where it points, or back to the list."""
    found = get_object_or_404(Notice.objects.visible_to(request.actor), pk=pk)
    operations.mark_read(actor=request.actor, now=timezone.now(), notice=found)
    return redirect(
        found.leads_to or reverse("backbone:notices", kwargs={"tenant": request.tenant.slug})
    )


@allowed_after_leaving
@require_POST
def notices_reading(request: Any) -> HttpResponse:
    """Read all of them."""
    operations.mark_all_read(actor=request.actor, now=timezone.now())
    return redirect("backbone:notices", tenant=request.tenant.slug)


def _shown_job(request: Any, pk: int) -> ShownJob:
    visible = Job.objects.visible_to(request.actor).select_related("requested_by")
    return ShownJob(get_object_or_404(visible, pk=pk), request.tenant, request.actor)


def _change_job(request: Any, pk: int, operation: Any) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.actor), pk=pk)
    try:
        operation(actor=request.actor, now=timezone.now(), job=job)
    except WrongState:
        messages.warning(request, _("The job was already finished; this is how it ended."))
    return redirect("backbone:job", tenant=request.tenant.slug, pk=pk)
