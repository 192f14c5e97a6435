"""A provider for demos, inside the portal: the payer says what is to happen.

What it says goes the way of every provider's message: really signed, really verified, taken in
by the same function. Production refuses to start with it.
"""

from __future__ import annotations

import json
from datetime import datetime
from uuid import uuid4

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models import Payment
from foundation.errors import Sentence
from foundation.refs import ref_of
from payments.models import REFS, News
from payments.operations.receiving import hear
from payments.providers import provider_called
from payments.providers.base import SIGNATURE, TIMESTAMP, SignedProvider
from tenants.isolation import tenant_cache
from tenants.isolation.context import enter_tenant

NAME = "offline"
# How long it remembers what was paid without its saying so.
REMEMBERED = 7 * 24 * 3600


class Choice(models.TextChoices):
    PAY = "pay", pgettext_lazy("practice payment", "Pay")
    FAIL = "fail", pgettext_lazy("practice payment", "Let it fail")
    SILENT = "silent", pgettext_lazy("practice payment", "Pay, but the answer gets lost")


OUTCOME = {Choice.PAY: News.SUCCEEDED, Choice.FAIL: News.FAILED}


class Offline(SignedProvider):
    name = NAME
    label: Sentence = _("Practice payment")

    def begin(self, payment: Payment, back_to: str) -> str:
        where = {"tenant": payment.tenant.slug, "pk": payment.pk}
        return reverse("payments:offline", kwargs=where)

    def ask(self, payment: Payment) -> str:
        with enter_tenant(payment.tenant_id):
            return str(tenant_cache.get(_kept(payment)) or News.PENDING)

    def written(self, payment: Payment, outcome: str, now: datetime) -> bytes:
        said = {
            "id": uuid4().hex,
            "payment": ref_of(payment.pk, REFS),
            "outcome": outcome,
            "at": now.isoformat(),
            "amount": f"{payment.amount:f}",
            "currency": payment.currency,
            "reference": f"PRACTICE-{uuid4().hex[:8].upper()}",
        }
        return json.dumps(said).encode()

    def headers(self, body: bytes, now: datetime) -> dict[str, str]:
        timestamp = str(int(now.timestamp()))
        return {TIMESTAMP: timestamp, SIGNATURE: self.sign(timestamp, body)}


def choose(*, payment: Payment, choice: str, now: datetime) -> None:
    """The payer's choice, said as a provider says it. Raises NoSuchProvider."""
    way = provider_called(NAME)
    assert isinstance(way, Offline)
    if choice == Choice.SILENT:
        with enter_tenant(payment.tenant_id):
            tenant_cache.set(_kept(payment), News.SUCCEEDED.value, seconds=REMEMBERED)
        return
    body = way.written(payment, OUTCOME[Choice(choice)], now)
    hear(provider=NAME, headers=way.headers(body, now), body=body, now=now)


def _kept(payment: Payment) -> str:
    return f"practice-payment:{payment.pk}"
