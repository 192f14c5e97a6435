"""Whatever is done in whatever order: after each step all that ``check_books`` recomputes is so."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from billing.models import (
    Allocation,
    Charge,
    Invoice,
    InvoiceState,
    Payment,
    PaymentOutcome,
    Refund,
)
from billing.operations import (
    charging,
    crediting,
    deposits,
    drafting,
    issuing,
    paying,
    refunding,
    single,
    trying,
)
from foundation.errors import DomainError
from foundation.money import quantize
from foundation.operations import operation
from ledger.checking import drifts
from tests.billing.making import KINDS, NOW, TODAY, charged, overview, taxed
from tests.proof import FULL
from tests.spaces.making import office, portal

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LIVES, STEPS = (12, 250) if FULL else (2, 45)
CURRENCIES = ["CNY", "CNY", "JPY"]
SOME = [KINDS.RENT, KINDS.RENT, KINDS.OTHER, KINDS.SERVICE, KINDS.DEPOSIT]
# What the rules may answer to a step that comes at the wrong time.
REFUSALS = {
    "wrong_state", "one_paper", "nothing_to_bill", "charge_billed_once", "other_currency",
    "invoice_not_beyond", "payment_not_beyond", "payment_only_received_counts",
    "payment_one_under_way", "account_floor", "beyond_tolerance", "refund_by_two", "bill_has_more",
    "credit_nothing", "allocation_not_beyond",
}  # fmt: skip


class Life:
    """Three organisations, two of the staff, and dice."""

    def __init__(self, seed: int, members: list[Any], lead: Any, other: Any) -> None:
        self.dice = random.Random(seed)
        self.members, self.lead, self.other = members, lead, other
        self.outcomes: Counter[str] = Counter()

    # -- choosing ------------------------------------------------------------------------------

    def one(self, model: Any, **where: Any) -> Any:
        with overview():
            keys = list(model.objects.filter(**where).order_by("pk").values_list("pk", flat=True))
            if not keys:
                raise DomainError(code="nothing_to_bill")
            return model.objects.select_related("tenant").get(pk=self.dice.choice(keys))

    def part(self, amount: Decimal, currency: str) -> Decimal:
        """Mostly a part, at times the whole, at times too much."""
        share = Decimal(self.dice.choice(["1", "1", "0.5", "0.37", "1.2"]))
        return quantize(amount * share, currency)

    @property
    def step(self) -> Callable[[], Any]:
        return self.dice.choice(
            [
                self.charge, self.charge, self.draft, self.issue, self.issue, self.receive,
                self.receive, self.apply, self.credit, self.take_away, self.give_back,
                self.write_off, self.waive, self.drop, self.request, self.decide, self.pay_refund,
                self.release, self.single, self.begin, self.conclude,
            ]
        )  # fmt: skip

    def go(self) -> None:
        step = self.step
        try:
            step()
        except DomainError as refusal:
            if refusal.code not in REFUSALS:
                raise
            self.outcomes[f"{step.__name__} refused"] += 1
        else:
            self.outcomes[step.__name__] += 1

    # -- steps ---------------------------------------------------------------------------------

    def charge(self) -> None:
        tenant = self.dice.choice(self.members).tenant
        currency = self.dice.choice(CURRENCIES)
        amount = quantize(Decimal(self.dice.randint(100, 99_999)) / 100, currency)
        kind = self.dice.choice(SOME)
        charged(self.lead, tenant, amount, currency=currency, kind=kind)

    def draft(self) -> None:
        first = self.one(Charge, state="open", lines=None)
        alike = {"tenant": first.tenant, "currency": first.currency, "lines": None, "state": "open"}
        with overview():
            rows = list(Charge.objects.filter(**alike).order_by("pk"))
        rows = [each for each in rows if (each.kind == "deposit") == (first.kind == "deposit")]
        with office(self.lead) as actor:
            drafting.draft(actor=actor, now=NOW, tenant=first.tenant, charges=rows[:3])

    def issue(self) -> None:
        bill = self.one(Invoice, state="draft")
        with office(self.lead) as actor:
            issuing.issue(actor=actor, now=NOW, invoice=bill)

    def drop(self) -> None:
        bill = self.one(Invoice, state="draft")
        if self.dice.random() < 0.3:
            with office(self.lead) as actor:
                drafting.drop(actor=actor, now=NOW, invoice=bill)

    def receive(self) -> None:
        bill = self.one(Invoice, state="issued")
        with overview():
            alike = Invoice.objects.open().filter(tenant=bill.tenant, currency=bill.currency)
            wanted = list(alike.order_by("pk")[:2])
        shares = {each.pk: self.part(each.open_amount, bill.currency) for each in wanted}
        amount = sum(shares.values(), Decimal(0)) + self.dice.choice([0, 0, 50])
        with office(self.lead) as actor:
            paying.receive(
                actor=actor, now=NOW, tenant=bill.tenant, amount=amount or Decimal(9),
                currency=bill.currency, received_on=TODAY, reference="ICBC", shares=shares,
            )  # fmt: skip

    def apply(self) -> None:
        payment = self.one(Payment, state="succeeded")
        bill = self.one(Invoice, state="issued", tenant=payment.tenant, currency=payment.currency)
        share = self.part(min(payment.credit, bill.open_amount), bill.currency) or Decimal(1)
        with office(self.lead) as actor:
            paying.apply(actor=actor, now=NOW, payment=payment, shares={bill.pk: share})

    def credit(self) -> None:
        bill = self.one(Invoice, state="issued")
        with overview():
            rows = [line for line in bill.lines.order_by("position") if line.left_to_credit]
        amounts = {
            line.pk: min(self.part(line.left_to_credit, bill.currency), line.left_to_credit)
            for line in rows[: self.dice.randint(1, 3)]
        }
        with office(self.lead) as actor:
            crediting.credit(actor=actor, now=NOW, invoice=bill, reason="Agreed", amounts=amounts)

    def take_away(self) -> None:
        row = self.one(Allocation, amount__gt=0)
        with overview():
            payment, bill = (
                Payment.objects.get(pk=row.payment_id),
                Invoice.objects.get(pk=row.invoice_id),
            )
        amount = self.part(row.amount, bill.currency)
        with office(self.lead) as actor:
            paying.take_away(actor=actor, now=NOW, payment=payment, invoice=bill, amount=amount)

    def give_back(self) -> None:
        payment = self.one(Payment, state="succeeded")
        if self.dice.random() < 0.4:
            with office(self.lead) as actor:
                paying.return_payment(actor=actor, now=NOW, payment=payment, reason="Returned")

    def write_off(self) -> None:
        bill = self.one(Invoice, state="issued")
        amount = quantize(Decimal(self.dice.choice(["0.5", "1", "1.5"])), bill.currency)
        with office(self.lead) as actor:
            paying.write_off(actor=actor, now=NOW, invoice=bill, amount=amount)

    def waive(self) -> None:
        charge = self.one(Charge, state="open")
        if self.dice.random() < 0.5:
            with office(self.lead) as actor:
                charging.waive(actor=actor, now=NOW, charge=charge, reason="Agreed")

    def request(self) -> None:
        payment = self.one(Payment, state="succeeded")
        amount = self.part(payment.credit, payment.currency) or Decimal(1)
        with office(self.lead) as actor:
            refunding.request_refund(
                actor=actor, now=NOW, payment=payment, amount=amount, to_account="6222",
                reason="Too much",
            )  # fmt: skip

    def decide(self) -> None:
        refund = self.one(Refund, state__in=["requested", "approved"])
        with office(self.dice.choice([self.other, self.other, self.lead])) as actor:
            if self.dice.random() < 0.7:
                refunding.approve(actor=actor, now=NOW, refund=refund)
            else:
                refunding.reject(actor=actor, now=NOW, refund=refund, reason="Not so")

    def pay_refund(self) -> None:
        refund = self.one(Refund, state="approved")
        with office(self.lead) as actor:
            refunding.pay_refund(
                actor=actor, now=NOW, refund=refund, paid_on=TODAY, reference="ICBC"
            )

    def release(self) -> None:
        bill = self.one(Invoice, state="issued", series="D")
        with overview():
            held = deposits.held(bill.tenant_id, bill.currency)
        amount = self.part(held, bill.currency) or Decimal(1)
        with office(self.lead) as actor:
            release(actor, NOW, bill.tenant, amount, bill.currency, "Handover")

    def single(self) -> None:
        charge = self.one(Charge, state="open")
        with office(self.lead) as actor:
            single.record_payment(
                actor=actor, now=NOW, charge=charge, paid_on=TODAY, note="Receipt"
            )

    def begin(self) -> None:
        bill = self.one(Invoice, state="issued")
        (member,) = [each for each in self.members if each.tenant_id == bill.tenant_id]
        with portal(member) as actor:
            trying.begin(actor=actor, now=NOW, invoice=bill, provider="offline")

    def conclude(self) -> None:
        payment = self.one(Payment, method="provider")
        outcome = self.dice.choice(PaymentOutcome.values)
        with office(self.lead) as actor:
            trying.conclude(actor=actor, now=NOW, payment=payment, outcome=outcome)


release = operation(deposits.release)


def plausible() -> None:
    """What people would say of the rows, without SQL."""
    with overview():
        for bill in Invoice.objects.issued():
            assert 0 <= bill.open_amount <= bill.total
            states = set(Charge.objects.filter(lines__invoice=bill).values_list("state", flat=True))
            assert (states <= {"settled", "waived"}) == (not bill.open_amount), bill
        for payment in Payment.objects.all():
            assert 0 <= payment.credit <= payment.amount
            assert payment.state == "succeeded" or not payment.applied
        assert not Invoice.objects.filter(state=InvoiceState.DROPPED, total__gt=0).exists()


def wrong() -> list[str]:
    with overview():
        return list(drifts())


@pytest.fixture
def life_of(make, park, staff, enterprise, neighbour):
    taxed(rent="9", service="6")
    third = make.tenant(slug="binhai")
    members = [make.member(tenant, "owner") for tenant in (enterprise, neighbour, third)]
    other = make.member(park, "manager", is_staff=True)
    return lambda seed: Life(seed, members, staff, other)


@pytest.mark.parametrize("seed", range(LIVES))
def test_the_books_are_right_after_each_step(seed, life_of):
    life = life_of(seed)
    for _each in range(8):
        life.charge()
    for number in range(STEPS):
        life.go()
        # The checks take longer than the steps: of an ordinary run every fifth is enough.
        if FULL or number % 5 == 4:
            assert wrong() == [], (number, life.outcomes)
            plausible()
    assert sum(n for name, n in life.outcomes.items() if "refused" not in name) > STEPS / 4


@pytest.mark.parametrize("forgotten", ["spread", "posting.post"])
def test_an_operation_that_forgets_is_seen(forgotten, life_of, monkeypatch):
    """The control: what keeps charges or books in step with a payment is not called."""
    life = life_of(5)
    for step in (life.charge, life.draft, life.issue):
        step()
    assert wrong() == []
    monkeypatch.setattr(f"billing.operations.paying.{forgotten}", lambda *_args, **_values: None)
    life.part = lambda amount, _currency: amount
    life.receive()
    assert wrong() != []
