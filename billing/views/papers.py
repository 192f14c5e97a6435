"""Bills, credit notes and statements as files."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from billing import papers
from billing.forms import StatementForm
from billing.models import CreditNote
from billing.permissions import permissions
from billing.statements import StatementOfAccount, currencies_of, statement_of
from billing.views.bills import own_bill, own_bills

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAKERS = {"pdf": (papers.statement_pdf, PDF), "xlsx": (papers.statement_xlsx, XLSX)}
# What an organisation is shown first, and one that has nothing on its account.
DEFAULT = "CNY"


@require_safe
def paper(request: Any, pk: int) -> HttpResponse:
    """The bill in both languages, as it was issued."""
    permissions.require(request.actor, "read_bills")
    own = own_bill(request, pk)
    return _file(papers.invoice_pdf(own), f"{own.number}.pdf", PDF)


@require_safe
def credit_note(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, "read_bills")
    note = get_object_or_404(CreditNote.objects.visible_to(request.actor), pk=pk)
    return _file(papers.credit_note_pdf(note), f"{note.number}.pdf", PDF)


@require_safe
def export(request: Any) -> HttpResponse:
    """All bills as a workbook, newest first."""
    permissions.require(request.actor, "read_bills")
    return _file(papers.bills_xlsx(own_bills(request)), "bills.xlsx", XLSX)


@require_safe
def statement(request: Any) -> HttpResponse:
    """What was owed, what happened and what is owed, in one currency; at first of this year."""
    permissions.require(request.actor, "read_bills")
    form = _form(request)
    account = _account(request, form) if form.is_valid() else None
    context = {"form": form, "account": account, "query": form.data if account else {}}
    return render(request, "billing/statement.html", context)


@require_safe
def statement_file(request: Any, kind: str) -> HttpResponse:
    """The same as a PDF or a workbook; 404 for a span that cannot be."""
    permissions.require(request.actor, "read_bills")
    form = _form(request)
    if not form.is_valid() or kind not in MAKERS:
        raise Http404
    account = _account(request, form)
    make, content_type = MAKERS[kind]
    name = f"statement-{account.currency}-{account.since}-{account.until}.{kind}"
    return _file(make(account), name, content_type)


def _form(request: Any) -> StatementForm:
    """Filled in from the address, and where that says nothing with what lies nearest."""
    known = currencies_of(request.tenant) or [DEFAULT]
    today = timezone.localdate()
    initial = {
        "currency": DEFAULT if DEFAULT in known else known[0],
        "since": today.replace(month=1, day=1),
        "until": today,
    }
    said = {name: str(value) for name, value in initial.items()}
    said |= {name: value for name, value in request.GET.items() if value}
    return StatementForm(said, initial=initial, currencies=known)


def _account(request: Any, form: StatementForm) -> StatementOfAccount:
    said = form.cleaned_data
    return statement_of(request.tenant, said["currency"], said["since"], said["until"])


def _file(content: bytes, name: str, content_type: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(content, content_type=content_type, headers=headers)
