"""What a settlement does to bills, payments and the books."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from billing.models import Charge, ChargeKind, CreditNote, Invoice, Payment
from billing.operations import crediting, drafting, issuing, paying, single
from billing.operations.charging import charge_by_hand
from billing.operations.deposits import held
from leasing.models import Handover, Lease, LeaseState, Settlement
from leasing.operations import drafting as leases
from leasing.operations import handovers
from leasing.operations.charging import deposit_held
from ledger.checking import drifts
from tenants.isolation.context import STAFF, Identity, enter
from tests.leasing.making import TODAY, agreed, day, fresh
from tests.leasing.test_following import changed, through
from tests.spaces.making import NOW, office

pytestmark = pytest.mark.django_db


def of(lease: Lease, kind: str) -> list[Charge]:
    with enter(Identity(STAFF)):
        return list(Charge.objects.of_source(lease).filter(kind=kind).order_by("period"))


def paid(desk, *charges: Charge) -> None:
    with office(desk.finance) as actor:
        for row in charges:
            single.record_payment(actor=actor, now=NOW, charge=row, paid_on=TODAY, note="ICBC 1")


def paid_in_part(desk, charge: Charge, amount: int) -> Payment:
    with office(desk.finance) as actor:
        bill = single.bill_of(actor, NOW, charge)
        return received(actor, bill, amount)


def received(actor: Any, bill: Invoice, amount: int) -> Payment:
    return paying.receive(
        actor=actor, now=NOW, tenant=bill.tenant, amount=Decimal(amount), currency="CNY",
        received_on=TODAY, reference="ICBC 2", shares={bill.pk: Decimal(amount)},
    )  # fmt: skip


def settled(desk, owner, sheet: Handover, damage: int = 0) -> Settlement:
    if damage:
        with office(desk.writer) as actor:
            handovers.add_line(
                actor=actor, now=NOW, handover=sheet, kind="damage", what="Door",
                value=Decimal(damage),
            )  # fmt: skip
    agreed(owner, desk.confirmed(sheet))
    with enter(Identity(STAFF)):
        return Settlement.objects.get(handover=sheet)


def credit() -> Decimal:
    with enter(Identity(STAFF)):
        return sum((row.credit for row in Payment.objects.all()), Decimal(0))


def open_charges() -> Decimal:
    with enter(Identity(STAFF)):
        return sum((row.open_amount for row in Charge.objects.open()), Decimal(0))


def drifted() -> list[str]:
    with enter(Identity(STAFF)):
        return list(drifts())


def deposit_in_books(lease: Lease) -> Decimal:
    with enter(Identity(STAFF)):
        return held(lease.tenant_id, "CNY")


@pytest.mark.parametrize("damage", [0, 800, 9_000, 90_000])
@pytest.mark.parametrize("rent_is_paid", [True, False])
def test_bills_credit_and_books_say_what_the_settlement_says(
    owner, desk, damage, rent_is_paid
) -> None:
    lease = desk.effective(owner.tenant, starts_on=day(-40), ends_on=day(300))
    paid(desk, *of(lease, ChargeKind.DEPOSIT))
    if rent_is_paid:
        paid(desk, *of(lease, ChargeKind.RENT))
    found = settled(desk, owner, desk.ending(lease), damage)
    assert credit() == found.refund + found.rent_back
    assert open_charges() == found.still_owed
    assert deposit_in_books(lease) == 0
    assert drifted() == []


def test_rent_that_was_paid_and_not_used_comes_back_as_credit(owner, desk) -> None:
    lease = desk.effective(owner.tenant, starts_on=day(-40), ends_on=day(300))
    paid(desk, *of(lease, ChargeKind.RENT))
    found = settled(desk, owner, desk.ending(lease))
    assert found.rent_back == found.unused_rent > 0
    assert credit() == found.rent_back
    with enter(Identity(STAFF)):
        assert [note.total for note in CreditNote.objects.exclude(invoice__series="D")] == [
            found.unused_rent
        ]
    assert drifted() == []


def test_a_deposit_that_was_paid_in_part_counts_as_far_as_it_was_paid(owner, desk) -> None:
    lease = desk.effective(owner.tenant, starts_on=day(-20), ends_on=TODAY)
    paid_in_part(desk, of(lease, ChargeKind.DEPOSIT)[0], 3000)
    with enter(Identity(STAFF)):
        assert deposit_held(lease) == 3000
    found = settled(desk, owner, desk.ending(lease))
    assert found.deposit == 3000
    assert found.refund == 3000 - found.open_charges > 0
    assert credit() == found.refund
    assert open_charges() == deposit_in_books(lease) == 0
    assert drifted() == []


def test_what_was_credited_before_is_not_credited_again(owner, desk) -> None:
    lease = desk.effective(owner.tenant, starts_on=day(-40), ends_on=day(300))
    paid(desk, *of(lease, ChargeKind.RENT))
    (rent,) = of(lease, ChargeKind.RENT)
    with office(desk.manager) as actor:
        line = rent.lines.select_related("invoice").get()
        crediting.credit(
            actor=actor, now=NOW, invoice=line.invoice, reason="Noise",
            amounts={line.pk: Decimal(1000)},
        )  # fmt: skip
    found = settled(desk, owner, desk.ending(lease))
    assert credit() == 1000 + found.rent_back
    assert drifted() == []


def mixed(desk, lease: Lease) -> Invoice:
    """A bill of the rent and of something else."""
    (rent,) = of(lease, ChargeKind.RENT)
    with office(desk.finance) as actor:
        other = charge_by_hand(
            actor=actor, now=NOW, debtor=lease.tenant, kind=ChargeKind.OTHER,
            period=lease.starts_on, what="Key", amount=Decimal(200), currency="CNY",
            due_on=TODAY,
        )  # fmt: skip
        made = drafting.draft(actor=actor, now=NOW, tenant=lease.tenant, charges=[rent, other])
        return issuing.issue(actor=actor, now=NOW, invoice=made)


@pytest.mark.parametrize("damage", [0, 7_000, 90_000])
@pytest.mark.parametrize("received_of_it", [0, 100, 5_000, 9_450, 9_650])
def test_what_else_is_on_a_bill_of_the_lease_is_left_as_it_is(
    owner, desk, received_of_it, damage
) -> None:
    lease = desk.effective(owner.tenant, starts_on=day(-40), ends_on=day(300))
    paid(desk, *of(lease, ChargeKind.DEPOSIT))
    bill = mixed(desk, lease)
    if received_of_it:
        with office(desk.finance) as actor:
            received(actor, bill, received_of_it)
    other = max(min(9650 - received_of_it, 200), 0)
    found = settled(desk, owner, desk.ending(lease), damage)
    assert credit() == found.refund + found.rent_back
    assert open_charges() == found.still_owed + other
    assert drifted() == []


def test_drafts_are_taken_apart_and_others_keep_theirs(owner, desk) -> None:
    lease = desk.effective(owner.tenant, starts_on=day(-20), ends_on=TODAY)
    (rent,) = of(lease, ChargeKind.RENT)
    (deposit,) = of(lease, ChargeKind.DEPOSIT)
    with office(desk.finance) as actor:
        drafting.draft(actor=actor, now=NOW, tenant=lease.tenant, charges=[deposit])
        other = charge_by_hand(
            actor=actor, now=NOW, debtor=lease.tenant, kind=ChargeKind.OTHER, period=TODAY,
            what="Key", amount=Decimal(200), currency="CNY", due_on=TODAY,
        )  # fmt: skip
        draft = drafting.draft(actor=actor, now=NOW, tenant=lease.tenant, charges=[rent, other])
    found = settled(desk, owner, desk.ending(lease))
    with enter(Identity(STAFF)):
        draft.refresh_from_db()
        assert draft.state == "draft"
        assert draft.total == 200
        assert sorted(Invoice.objects.values_list("state", flat=True)) == [
            "draft", "dropped", "issued"
        ]  # fmt: skip
    assert open_charges() == found.still_owed + 200
    assert drifted() == []


def test_a_lease_that_goes_on_keeps_its_deposit(owner, desk) -> None:
    stays, goes = desk.unit(), desk.unit()
    lease = desk.effective(owner.tenant, stays, goes, starts_on=day(-40))
    paid(desk, *of(lease, ChargeKind.DEPOSIT), *of(lease, ChargeKind.RENT))
    draft = changed(desk, lease, TODAY)
    with office(desk.writer) as actor:
        unit = draft.units.get(space=goes)
        leases.remove_unit(actor=actor, now=NOW, unit=unit)
    change = through(desk, draft)
    with enter(Identity(STAFF)):
        sheet = Handover.objects.select_related("lease__tenant").get(lease=lease, kind="check_out")
    before = deposit_in_books(lease)
    # What was charged for its later days came back when the change came into force.
    assert credit() > 0
    found = settled(desk, owner, sheet)
    assert found.deposit == found.unused_rent == found.rent_back == 0
    assert deposit_in_books(lease) == before
    last = settled(desk, owner, desk.ending(change))
    assert last.deposit == before
    assert deposit_in_books(lease) == 0
    assert fresh(change).state == LeaseState.ENDED
    assert drifted() == []


def test_a_lease_that_follows_asks_for_what_is_missing_of_the_deposit_and_no_more(
    owner, desk
) -> None:
    unit = desk.unit()
    lease = desk.effective(owner.tenant, unit, starts_on=day(-40))
    paid_in_part(desk, of(lease, ChargeKind.DEPOSIT)[0], 3000)
    change = through(desk, changed(desk, lease, TODAY))
    (more,) = of(change, ChargeKind.DEPOSIT)
    assert more.amount == 3300
    with enter(Identity(STAFF)):
        asked = Charge.objects.open().filter(kind=ChargeKind.DEPOSIT)
        assert list(asked) == [more]
        assert deposit_held(change) == 3000
    assert deposit_in_books(lease) == 3000
    assert drifted() == []


def test_rent_of_days_that_are_the_next_leases_comes_back(owner, desk) -> None:
    """No unit is given back, so that nothing is inspected and settled."""
    lease = desk.effective(owner.tenant, starts_on=day(-40))
    paid(desk, *of(lease, ChargeKind.RENT))
    assert credit() == 0
    change = through(desk, changed(desk, lease, TODAY))
    (first,) = of(change, ChargeKind.RENT)
    (rent,) = of(lease, ChargeKind.RENT)
    assert first.state == "open"
    with enter(Identity(STAFF)):
        note = CreditNote.objects.get(invoice__series="B")
    assert 0 < note.total < rent.amount
    assert credit() == note.total
    assert drifted() == []
