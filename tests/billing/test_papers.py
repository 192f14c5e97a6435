"""What is printed on bills and credit notes."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from billing.models import ChargeKind
from billing.operations import crediting
from billing.papers import credit_note_pdf, invoice_pdf
from tests.billing.papers_making import bill
from tests.foundation.test_pdf import text_of
from tests.spaces.making import NOW, office, portal

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def finance(make, park):
    return make.member(park, "manager", is_staff=True)


def printed(content: bytes) -> str:
    assert len(content) < 1_000_000
    return re.sub(r"\s+", " ", text_of(content))


def test_a_bill(owner, finance) -> None:
    made = bill(
        finance, owner.tenant,
        {"what": "A-101", "tax_rate": D(9), "quantity": D("52.5"), "unit": "m²",
         "unit_price": D("60"), "amount": D("3150")},
        {"kind": ChargeKind.SERVICE, "what": "保洁", "tax_rate": D(6), "amount": D("106.50")},
    )  # fmt: skip
    with portal(owner):
        printed(invoice_pdf(made))


def test_note(owner, finance) -> None:
    made = bill(finance, owner.tenant)
    with office(finance) as actor:
        note = crediting.credit(actor=actor, now=NOW, invoice=made, reason="算错了")
    with portal(owner):
        printed(credit_note_pdf(note))
