"""The staff's pages of what came of a session: results as a file, and what learners thought."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.errors import DomainError
from foundation.refusals import is_done
from training import opinions
from training.models import Session
from training.operations.attending import OPEN, record_results
from training.permissions import permissions
from training.results_file import Plan, list_to_fill, make_plan, packed, unpacked
from training.roster.wrong import KINDS

MARKS = "mark_attendance"
# Looked at, and nothing done with it yet.
LOOKED_AT = 202
PER_PAGE = 100


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("List of results"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        allow_empty_file=True,
        max_length=400,
    )


class RecordForm(forms.Form):
    rows = forms.CharField(widget=forms.HiddenInput, max_length=1_000_000)
    reason = forms.CharField(
        label=_("Reason, where a result is corrected"), required=False, max_length=300
    )


@require_safe
def to_fill(request: Any, pk: int, kind: str) -> HttpResponse:
    """Who is booked, with a column for the result."""
    permissions.require(request.actor, MARKS)
    own = _session(pk)
    if kind not in KINDS:
        raise Http404
    name = content_disposition_header(True, f"{own.code}-results.{kind}") or "attachment"
    return HttpResponse(
        list_to_fill(own, kind), content_type=KINDS[kind], headers={"Content-Disposition": name}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Any, pk: int) -> HttpResponse:
    """The file; sent, what it would do. It is not kept."""
    permissions.require(request.actor, MARKS)
    own = _session(pk)
    is_sent = request.method == "POST"
    form = UploadForm(*((request.POST, request.FILES) if is_sent else (None, None)))
    if is_sent and form.is_valid():
        try:
            plan = make_plan(own, form.cleaned_data["file"])
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            record = RecordForm(initial={"rows": packed(plan, own)})
            return _upload_page(request, own, form, record, plan, status=LOOKED_AT)
    return _upload_page(request, own, form)


@require_POST
def recording(request: Any, pk: int) -> HttpResponse:
    """What the page has shown is recorded, all of it or nothing."""
    permissions.require(request.actor, MARKS)
    own = _session(pk)
    form = RecordForm(request.POST)
    said = unpacked(request.POST.get("rows", ""), own) if form.is_valid() else None
    if said is None:
        raise Http404
    new: list[int] = []

    def record() -> None:
        reason = form.cleaned_data["reason"]
        now = timezone.now()
        new.append(
            record_results(actor=request.actor, now=now, session=own, said=said, reason=reason)
        )

    if is_done(form, record):
        words = ngettext("%(count)s result is recorded.", "%(count)s results are recorded.", new[0])
        messages.success(request, words % {"count": new[0]})
        return redirect("admin:attendance_session", pk=pk)
    return _upload_page(request, own, UploadForm(), form, status=422)


def _upload_page(
    request: Any,
    own: Session,
    form: UploadForm,
    record: RecordForm | None = None,
    plan: Plan | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    values = {"title": str(own), "session": own, "form": form, "record": record, "plan": plan}
    return _page(request, "training/desk_results.html", values, status=status)


@require_safe
def feedback(request: Any, pk: int) -> HttpResponse:
    """Averages with how many they are of, each number opening its rows, and the comments."""
    permissions.require(request.actor, MARKS)
    own = get_object_or_404(Session.objects.select_related("course"), pk=pk)
    chosen = opinions.chosen(request.GET)
    rows = opinions.rows_of(own, chosen)
    values = {
        "title": str(own),
        "session": own,
        "questions": opinions.questions(own),
        "count": opinions.rows_of(own).count(),
        "chosen": chosen,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    return _page(request, "training/desk_feedback.html", values)


def _session(pk: int) -> Session:
    return get_object_or_404(Session.objects.filter(state__in=OPEN).select_related("course"), pk=pk)


def _page(
    request: Any, template: str, values: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    return render(request, template, admin.site.each_context(request) | values, status=status)
