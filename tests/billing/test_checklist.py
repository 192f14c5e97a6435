"""What of billing keeps a month of the books open, and where it is done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from billing.closing import checklist
from billing.models import PaymentOutcome
from billing.operations import refunding, trying
from foundation.home import address_of
from ledger.models import Period
from tests.billing import at_the_desk as desk
from tests.billing.at_the_desk import TODAY, charged, drafted, issued, received
from tests.spaces.making import NOW, office, portal

pytestmark = pytest.mark.django_db
MONTH = Period(starts_on=TODAY.replace(day=1), ends_on=TODAY)
BEFORE = Period(starts_on=TODAY - timedelta(days=40), ends_on=TODAY - timedelta(days=1))


def told(staff, period: Period = MONTH) -> list[str]:
    with office(staff), translation.override("en"):
        return [str(item) for item in checklist(period)]


def led_to(client, staff) -> list[list[int]]:
    """The rows that each item leads to."""
    with office(staff):
        items = list(checklist(MONTH))
    pages = [client.get(address_of(item.to)) for item in items]
    return [[row.pk for row in page.context["cl"].result_list] for page in pages]


def test_nothing_is_open_where_nothing_was_charged(staff) -> None:
    assert told(staff) == []


def test_a_charge_is_told_until_its_bill_is_issued(staff, enterprise, sign_in) -> None:
    row = charged(staff, enterprise)
    charged(staff, enterprise, due_on=TODAY + timedelta(days=1))
    client = sign_in(staff)
    assert told(staff) == ["Charges that are due in the month are on no bill: 1."]
    assert told(staff, BEFORE) == []
    assert led_to(client, staff) == [[row.pk]]
    draft = drafted(staff, row)
    assert told(staff) == ["Bills that are due in the month are still drafts: 1."]
    assert led_to(client, staff) == [[draft.pk]]
    desk.take(client, draft, "issue", issued_on=TODAY)
    assert told(staff) == []


def test_a_payment_is_told_while_nobody_knows_its_outcome(staff, owner, sign_in) -> None:
    bill = issued(staff, owner.tenant)
    with portal(owner) as actor:
        own = trying.begin(actor=actor, now=NOW, invoice=bill, provider="offline")
    assert told(staff) == []
    with office(staff) as actor:
        trying.conclude(actor=actor, now=NOW, payment=own, outcome=PaymentOutcome.UNKNOWN)
    assert told(staff) == ["Payments of the month have no known outcome: 1."]
    assert led_to(sign_in(staff), staff) == [[own.pk]]
    with office(staff) as actor:
        trying.conclude(actor=actor, now=NOW, payment=own, outcome=PaymentOutcome.FAILED)
    assert told(staff) == []


def test_a_refund_is_told_from_its_approval_to_its_payment(
    make, park, staff, enterprise, sign_in
) -> None:
    paid = received(staff, enterprise)
    with office(staff) as actor:
        own = refunding.request_refund(
            actor=actor, now=NOW, payment=paid, amount=paid.amount, to_account="x", reason="x"
        )
    assert told(staff) == []
    lead = make.member(park, "manager", is_staff=True)
    with office(lead) as actor:
        refunding.approve(actor=actor, now=NOW, refund=own)
    assert told(staff) == ["Refunds of the month are approved and not paid: 1."]
    assert led_to(sign_in(staff), staff) == [[own.pk]]
    with office(staff) as actor:
        refunding.pay_refund(actor=actor, now=NOW, refund=own, paid_on=TODAY, reference="x")
    assert told(staff) == []
