"""The demo park's bills and what came of them: one overdue, one paid in part, one in Singapore
dollars, a credit note, credit that is to be paid back, a tax invoice asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from billing.models import Charge, ChargeKind, Invoice, Payment
from billing.operations import (
    charging,
    crediting,
    drafting,
    fapiao,
    issuing,
    paying,
    refunding,
)
from foundation.actors import Actor
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Membership, Tenant

OWNER = "haihe-homeware"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Desk:
    """The park's bookkeeper and its manager, at one moment."""

    now: datetime
    people: dict[str, Membership]

    @contextmanager
    def as_(self, name: str) -> Iterator[Actor]:
        member = self.people[name]
        with enter(Identity(STAFF, member.tenant_id, member.user_id)):
            yield member.actor(is_staff=True)


def seed(now: datetime) -> bool:
    """False when they are there, or the demo has no leases whose rent could be billed."""
    with enter(Identity(STAFF)):
        known = Membership.objects.current().select_related("user", "tenant")
        staff = known.filter(tenant=Tenant.objects.operator())
        desk = Desk(now, {row.user.username: row for row in staff})
        owner = known.filter(tenant__slug=OWNER, user__username="owner").first()
        bills = Invoice.objects.filter(tenant__slug=OWNER)
        if owner is None or not bills.exists() or bills.filter(currency="SGD").exists():
            return False
    _overdue(desk, owner.tenant)
    _others(desk)
    _credit(desk, owner)
    # Last: by it the next start knows that all is there.
    _in_dollars(desk, owner.tenant)
    return True


def _overdue(desk: Desk, tenant: Tenant) -> None:
    """What is due of the owner's organisation, billed on the day on which it was."""
    today = timezone.localdate(desk.now)
    with desk.as_("books") as actor:
        rows = Charge.objects.filter(tenant=tenant, currency="CNY").to_bill()
        due = list(rows.filter(due_on__lt=today).exclude(kind=ChargeKind.DEPOSIT))
        if due:
            first = min(row.due_on for row in due)
            _issued(actor, desk.now - (today - first), tenant, due)
        # A room that was used this week is on a bill of its own.
        if rest := list(rows.filter(kind=ChargeKind.BOOKING)):
            _issued(actor, desk.now, tenant, rest)


def _in_dollars(desk: Desk, tenant: Tenant) -> None:
    today = timezone.localdate(desk.now)
    with desk.as_("books") as actor:
        row = charging.charge_by_hand(
            actor=actor,
            now=desk.now,
            debtor=tenant,
            kind=ChargeKind.SERVICE,
            period=today,
            what="新加坡海外仓代管 / Singapore warehouse desk",
            quantity=Decimal(3),
            unit_price=Decimal(160),
            rate_card="SG-2026",
            currency="SGD",
            due_on=today + 14 * DAY,
        )
        _issued(actor, desk.now, tenant, [row])


def _others(desk: Desk) -> None:
    """Rent that comes due of other organisations: the first has paid a part, the second more than
    it was asked for, of which some is to be paid back."""
    with desk.as_("books") as actor:
        rents = Charge.objects.filter(kind=ChargeKind.RENT).exclude(tenant__slug=OWNER)
        rows = list(rents.to_bill().select_related("tenant").order_by("due_on", "pk")[:3])
        bills = [_issued(actor, desk.now, row.tenant, [row]) for row in rows]
        if len(bills) < 2:
            return
        _received(desk, actor, bills[0], quarter(bills[0]), quarter(bills[0]))
        paid = _received(desk, actor, bills[1], bills[1].total + 2000, bills[1].total)
        refunding.request_refund(
            actor=actor,
            now=desk.now,
            payment=paid,
            amount=Decimal(1500),
            to_account="6217 0000 1234 5678 901",
            reason="重复付款 / Paid twice",
        )


def quarter(bill: Invoice) -> Decimal:
    return (bill.total / 4).quantize(Decimal(1))


def _received(desk: Desk, actor: Actor, bill: Invoice, amount: Decimal, share: Decimal) -> Payment:
    return paying.receive(
        actor=actor,
        now=desk.now,
        tenant=bill.tenant,
        amount=amount,
        currency=bill.currency,
        received_on=timezone.localdate(desk.now),
        reference=f"网银 {bill.reference}",
        shares={bill.pk: share},
    )


def _issued(actor: Actor, now: datetime, tenant: Tenant, charges: list[Charge]) -> Invoice:
    made = drafting.draft(actor=actor, now=now, tenant=tenant, charges=charges)
    return issuing.issue(actor=actor, now=now, invoice=made)


def _credit(desk: Desk, owner: Membership) -> None:
    """A part of rent that was paid comes back, and the rest of that bill gets its tax invoice."""
    rents = Invoice.objects.filter(tenant=owner.tenant, lines__kind=ChargeKind.RENT)
    with desk.as_("manager") as actor:
        bill = rents.filter(paid__gt=0).order_by("pk").first()
        if bill is None:
            return
        line = bill.lines.get()
        crediting.credit(
            actor=actor,
            now=desk.now,
            invoice=bill,
            reason="电梯停用三天 / The lift stood still for three days",
            amounts={line.pk: Decimal(500)},
        )
    with enter_tenant(owner.tenant_id, user_id=owner.user_id):
        fapiao.request(
            actor=owner.actor(),
            now=desk.now,
            invoice=bill,
            title=owner.tenant.name,
            tax_number=owner.tenant.registration_number,
        )
