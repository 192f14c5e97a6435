"""Terms and tax rates: added with a day, never behind what is issued; recorded."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.models import BillingTerms, ChargeKind, TaxRate
from billing.operations.charging import tax_rate
from billing.operations.terms import add_tax_rate, add_terms
from foundation.errors import DomainError, NotPermitted
from tenants.models import TrailEntry
from tests.billing.running import overview
from tests.spaces.making import NOW, office

pytestmark = pytest.mark.django_db
D = Decimal
TODAY = timezone.localdate(NOW)
DAY = timedelta(days=1)
RATE: dict[str, Any] = {
    "kind": ChargeKind.RENT, "valid_from": TODAY, "percent": D(9), "source": "财税〔2016〕36号",
}  # fmt: skip


def kept() -> Any:
    with overview():
        return [list(m.objects.order_by("pk").values()) for m in (BillingTerms, TaxRate)]


def test_they_hold_from_their_day(staff) -> None:
    with office(staff) as actor:
        add_terms(actor=actor, now=NOW, valid_from=TODAY - DAY, due_days=10)
        new = add_terms(actor=actor, now=NOW, valid_from=TODAY + DAY, due_days=20)
        add_tax_rate(actor=actor, now=NOW, **RATE)
        assert [BillingTerms.on(TODAY + n * DAY).due_days for n in (0, 1, 9)] == [10, 20, 20]
        assert [tax_rate(ChargeKind.RENT, TODAY + n * DAY) for n in (-1, 0)] == [D(0), D(9)]
    with overview():
        trail = TrailEntry.objects.filter(table="billing_billingterms", row_id=new.pk)
        assert trail.filter(after__due_days=20).exists()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"valid_from": TODAY - DAY}, "terms_not_behind"),
        ({"valid_from": TODAY}, "billing_terms_once"),
        ({"valid_from": TODAY + DAY, "remind_last": 3}, "billing_terms_in_turn"),
        ({"valid_from": TODAY + DAY, "late_percent": D("0.05")}, "terms_without_cap"),
    ],
)
def test_terms_that_cannot_be(staff, values, code) -> None:
    with office(staff) as actor:
        add_terms(actor=actor, now=NOW, valid_from=TODAY)
    before = kept()
    with office(staff) as actor, pytest.raises(DomainError) as refusal:
        add_terms(actor=actor, now=NOW, **values)
    assert (refusal.value.code, kept()) == (code, before)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "tax_rate_once"),
        ({"kind": ChargeKind.DEPOSIT}, "tax_rate_not_on_deposits"),
        ({"valid_from": TODAY + DAY, "percent": D(100)}, "tax_rate_percent"),
    ],
)
def test_rates_that_cannot_be(staff, values, code) -> None:
    with office(staff) as actor:
        add_tax_rate(actor=actor, now=NOW, **RATE)
    before = kept()
    with office(staff) as actor, pytest.raises(DomainError) as refusal:
        add_tax_rate(actor=actor, now=NOW, **(RATE | values))
    assert (refusal.value.code, kept()) == (code, before)


def test_who_keeps_the_money_does_not_set_the_terms(make, park) -> None:
    with office(make.member(park, "finance")) as actor:
        for call in (
            lambda: add_terms(actor=actor, now=NOW, valid_from=TODAY),
            lambda: add_tax_rate(actor=actor, now=NOW, **RATE),
        ):
            with pytest.raises(NotPermitted):
                call()
    assert kept() == [[], []]


def test_the_pages_of_the_staff_site(staff, sign_in) -> None:
    client = sign_in(staff)
    form = {
        "valid_from": f"{TODAY}", "due_days": 14, "remind_ahead": 3, "remind_after": 3,
        "remind_last": 15, "late_percent": "0.05", "late_cap": "20", "tolerance": "1",
    }  # fmt: skip
    assert client.post(reverse("admin:billing_billingterms_add"), form).status_code == 302
    rate = RATE | {"valid_from": f"{TODAY}"}
    assert client.post(reverse("admin:billing_taxrate_add"), rate).status_code == 302
    (terms,), (tax,) = kept()
    assert (terms["due_days"], tax["percent"]) == (14, D(9))
    for name in ("billingterms", "taxrate"):
        assert client.get(reverse(f"admin:billing_{name}_changelist")).status_code == 200
