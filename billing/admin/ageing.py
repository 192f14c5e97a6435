"""What is overdue, by age: for each organisation and currency, leading to exactly those bills."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.admin.downloads import XLSX, answer, file_name
from billing.ageing import LABELS, Aged, ageing, totals_by_age
from billing.models import Invoice
from billing.papers import ageing_xlsx
from billing.permissions import permissions
from tenants.models import Tenant


@require_safe
def page(request: Any) -> HttpResponse:
    """As things stand today."""
    rows = _found(request)
    tenants = Tenant.objects.in_bulk({row.tenant_id for row in rows})
    values = admin.site.each_context(request) | {
        "title": _("Overdue by age"),
        "today": timezone.localdate(),
        "labels": LABELS,
        "rows": [_line(row, tenants[row.tenant_id]) for row in rows],
        "sums": [_sum(currency, sums) for currency, sums in totals_by_age(rows).items()],
    }
    return render(request, "billing/staff/ageing.html", values)


@require_safe
def workbook(request: Any) -> HttpResponse:
    return answer(ageing_xlsx(_found(request)), file_name("overdue", "xlsx"), XLSX)


def _found(request: Any) -> list[Aged]:
    permissions.require(request.actor, "read_bills")
    return ageing(Invoice.objects.visible_to(request.actor), timezone.localdate())


def _line(row: Aged, own: Tenant) -> tuple[Aged, Tenant, list[tuple[Any, str]], str]:
    """Each amount with the address of its bills, and that of all of them."""
    of = {"organisation": own.slug, "currency": row.currency}
    ages = [(amount, _bills(age=age, **of)) for age, amount in enumerate(row.amounts)]
    return row, own, ages, _bills(payment="open", **of)


def _sum(currency: str, sums: Any) -> tuple[str, list[tuple[Any, str]], Any]:
    ages = [(sum_, _bills(age=age, currency=currency)) for age, sum_ in enumerate(sums)]
    return currency, ages, sum(sums)


def _bills(**query: Any) -> str:
    return f"{reverse('admin:billing_invoice_changelist')}?{urlencode(query)}"
