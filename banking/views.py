"""The page of the staff site where a bank's file is uploaded."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from banking.forms import UploadForm
from banking.operations.files import upload_statement
from banking.permissions import permissions
from foundation.errors import DomainError
from foundation.refusals import show_refusal


def upload(request: Any) -> HttpResponse:
    """Keep the file and have it read; the file's own page tells what came of it."""
    permissions.require(request.actor, "upload_statements")
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and (own := _keep(request, form)):
        return redirect("admin:banking_statementfile_change", own.pk)
    context = admin.site.each_context(request) | {"title": _("Upload a bank's file"), "form": form}
    return render(request, "banking/staff_upload.html", context)


def _keep(request: Any, form: UploadForm) -> Any:
    said = dict(form.cleaned_data)
    file = said["file"]
    try:
        return upload_statement(actor=request.actor, now=timezone.now(), name=file.name, **said)
    except DomainError as error:
        show_refusal(form, error)
        return None
