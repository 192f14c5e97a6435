"""Paying a bill through a provider, as the organisation sees it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from billing.models import Invoice, Payment, PaymentOutcome
from foundation.errors import DomainError
from foundation.home import Destination, address_of
from payments import offline
from payments.models import OnlinePayment
from payments.operations import starting
from payments.permissions import permissions
from payments.providers import NoSuchProvider, provider_called, providers
from payments.ways import under_way

SECONDS_UNTIL_SHOWN_AGAIN = 5
TONES = {
    PaymentOutcome.SUCCEEDED: "success",
    PaymentOutcome.FAILED: "danger",
    PaymentOutcome.RETURNED: "neutral",
}


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: Any, pk: int) -> HttpResponse:
    """What is to be paid and through whom; a try that is under way is shown instead."""
    permissions.require(request.actor, "pay_online")
    bills = Invoice.objects.visible_to(request.actor).of_organisation()
    bill = get_object_or_404(bills, pk=pk)
    if found := under_way(request.actor, bill):
        return redirect(_page_of(request, found))
    if request.method == "POST" and (address := _started(request, bill)):
        return redirect(address)
    context = {"bill": bill, "bill_url": _bill_url(request, pk), "providers": providers()}
    return render(request, "payments/begin.html", context)


def _started(request: Any, bill: Invoice) -> str:
    try:
        return starting.start(
            actor=request.actor,
            now=timezone.now(),
            invoice=bill,
            provider=str(request.POST.get("provider", "")),
            back_to=lambda made: settings.PORTAL_URL.rstrip("/") + _page_of(request, made),
        )
    except DomainError as error:
        if error.status == 403:
            raise
        messages.warning(request, str(error))
        return ""


@require_safe
def payment(request: Any, pk: int) -> HttpResponse:
    """What became of it; shown again by itself while nobody knows yet."""
    permissions.require(request.actor, "pay_online")
    own = _own(request, pk)
    context = {
        "payment": own,
        "provider": _label(own),
        "tone": TONES.get(PaymentOutcome(own.state), "warning"),
        "bill_url": _bill_url(request, own.invoice_id),
        "practice": own.provider == offline.NAME,
    }
    answer = render(request, "payments/payment.html", context)
    if own.state == PaymentOutcome.PENDING:
        answer.headers["Refresh"] = str(SECONDS_UNTIL_SHOWN_AGAIN)
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def offline_page(request: Any, pk: int) -> HttpResponse:
    """The practice provider's own page, where the payer says what is to happen."""
    permissions.require(request.actor, "pay_online")
    own = _own(request, pk)
    if own.provider != offline.NAME or own.provider not in settings.PARK_PAYMENT_PROVIDERS:
        raise Http404
    if request.method == "POST":
        choice = request.POST.get("choice")
        if choice in offline.Choice.values and own.state == PaymentOutcome.PENDING:
            offline.choose(payment=own, choice=choice, now=timezone.now())
        return redirect(_page_of(request, own))
    context = {"payment": own, "choices": offline.Choice.choices, "back": _page_of(request, own)}
    return render(request, "payments/offline.html", context)


def _own(request: Any, pk: int) -> OnlinePayment:
    rows = OnlinePayment.objects.visible_to(request.actor).select_related("invoice", "tenant")
    return get_object_or_404(rows, pk=pk)


def _label(own: Payment) -> str:
    try:
        return str(provider_called(own.provider).label)
    except NoSuchProvider:
        return own.provider


def _page_of(request: Any, own: Payment) -> str:
    return reverse("payments:payment", kwargs={"tenant": request.tenant.slug, "pk": own.pk})


def _bill_url(request: Any, key: int | None) -> str:
    return address_of(Destination("billing:bill", {"pk": key}), {"tenant": request.tenant.slug})
