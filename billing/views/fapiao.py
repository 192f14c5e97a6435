"""Asking for the tax invoice of a bill, and taking that back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing.forms import FapiaoForm
from billing.models import FapiaoState, Invoice
from billing.operations import fapiao as operations
from billing.permissions import permissions
from billing.views.bills import may_ask, own_bill
from foundation.errors import DomainError
from foundation.refusals import is_done


@require_http_methods(["GET", "HEAD", "POST"])
def fapiao(request: Any, pk: int) -> HttpResponse:
    """Back to the bill where there is nothing to ask for."""
    permissions.require(request.actor, "ask_for_fapiao")
    own = own_bill(request, pk)
    if request.method != "POST" and not may_ask(request, own, own.fapiao.all()):
        return _to_bill(request, pk)
    form = FapiaoForm(request.POST or None, initial=_as_registered(request))
    if request.method == "POST" and form.is_valid() and _ask(request, own, form):
        messages.success(request, _("The park is asked for the fapiao."))
        return _to_bill(request, pk)
    return render(request, "billing/fapiao.html", {"form": form, "bill": own})


@require_POST
def withdrawal(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, "ask_for_fapiao")
    asked = own_bill(request, pk).fapiao.filter(state=FapiaoState.REQUESTED).first()
    if asked is None:
        raise Http404
    try:
        operations.withdraw(actor=request.actor, now=timezone.now(), fapiao=asked)
        messages.success(request, _("The request is withdrawn."))
    except DomainError as error:
        messages.warning(request, str(error))
    return _to_bill(request, pk)


def _as_registered(request: Any) -> dict[str, str]:
    own = request.tenant
    return {"title": own.name, "tax_number": own.registration_number}


def _to_bill(request: Any, pk: int) -> HttpResponse:
    return redirect("billing:bill", tenant=request.tenant.slug, pk=pk)


def _ask(request: Any, own: Invoice, form: Form) -> bool:
    return is_done(
        form,
        lambda: operations.request(
            actor=request.actor, now=timezone.now(), invoice=own, **form.cleaned_data
        ),
    )
