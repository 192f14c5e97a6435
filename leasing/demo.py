"""The demo park's leases: some in force, one to approve, one to sign, one that ends soon, one in
check-out. Invented, deterministic, made by the operations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils import timezone

from billing.models import Charge, ChargeKind
from billing.operations.single import record_payment
from foundation.actors import Actor
from leasing.models import Handover, Lease, ListPrice
from leasing.operations import approving, drafting, handovers, papers, settlement
from leasing.operations.charging import charge_due, charges_of
from leasing.operations.rows import by_park
from residency.demo.papers import paper
from residency.spans import add_months
from spaces.models import Space, SpaceType
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership, Tenant

PRICES = {"office": 58, "shared-office": 66, "shop": 95}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """Which units since how many days, for how many months, at which price, and how far it is.

    ``reaches`` is draft, approving, awaiting, effective or check-out; ``owes`` leaves the last
    rent that is due unpaid.
    """

    slug: str
    codes: tuple[str, ...]
    days_ago: int
    months: int = 24
    price: int = 58
    reaches: str = "effective"
    owes: bool = False
    rent_free: int = 0


PLANS = [
    Plan("haihe-homeware", ("A-201", "A-202"), 250, months=24, owes=True),
    Plan("haihe-homeware", ("A-303",), -60, months=12, reaches="draft"),
    Plan("haihe-homeware", ("A-203",), -20, months=12, reaches="awaiting"),
    Plan("yunfan-homeware", ("A-204",), 305, months=12),
    Plan("yunfan-electronics", ("A-301", "A-302"), 400, months=36, price=55),
    Plan("beichen-electronics", ("A-401",), 120, months=24),
    Plan("beichen-apparel", ("A-402", "A-403", "A-404"), 200, months=36, price=54, rent_free=2),
    Plan("jialing-cosmetics", ("A-501",), 60, months=12),
    Plan("xingqiao-toys", ("B-101", "B-102"), 340, months=36),
    Plan("xingang-foods", ("B-103",), 90, months=24),
    Plan("lantu-outdoor", ("B-201", "B-202", "B-203"), 150, months=24, price=56),
    Plan("shancheng-apparel", ("B-301",), 10, months=12),
    Plan("binjiang-toys", ("B-302",), 330, months=24, reaches="check-out"),
    Plan("lantu-homeware", ("B-401", "B-402", "B-403"), -30, 60, 50, "approving", rent_free=6),
    Plan("xingang-cosmetics", ("B-404",), -45, months=12, reaches="draft"),
]


@dataclass(frozen=True, slots=True)
class Desk:
    """The park's people who write leases, approve them and take the money."""

    members: dict[str, Membership]

    @contextmanager
    def as_(self, name: str) -> Iterator[Actor]:
        member = self.members[name]
        with enter(Identity(STAFF, member.tenant_id, member.user_id)):
            yield member.actor(is_staff=True)


def seed(now: datetime) -> bool:
    """False when they are there, or the demo has no spaces to let."""
    with enter(Identity(STAFF)):
        park = Tenant.objects.operator()
        staff = Membership.objects.current().filter(tenant=park).select_related("user")
        desk = Desk({m.user.username: m for m in staff})
        tenants = {t.slug: t for t in Tenant.objects.all()}
        units = {u.code: u for u in Space.objects.in_use().filter(lets_by_lease=True, kind="unit")}
        if Lease.objects.exists() or not units:
            return False
    _set_prices(desk, now)
    for plan in PLANS:
        if plan.slug in tenants and set(plan.codes) <= set(units):
            _lease(desk, now, plan, tenants[plan.slug], [units[code] for code in plan.codes])
    return True


def _set_prices(desk: Desk, now: datetime) -> None:
    with desk.as_("manager") as actor:
        for row in SpaceType.objects.filter(code__in=PRICES):
            if not ListPrice.objects.filter(type=row).exists():
                price = Decimal(PRICES[row.code])
                drafting.set_list_price(actor=actor, now=now, space_type=row, price=price)


def _lease(desk: Desk, now: datetime, plan: Plan, tenant: Tenant, units: list[Space]) -> None:
    starts_on = timezone.localdate(now) - timedelta(days=plan.days_ago)
    then = min(now, now - timedelta(days=plan.days_ago + 10))
    with desk.as_("desk") as actor:
        lease = drafting.draft_lease(
            actor=actor,
            now=then,
            tenant=tenant,
            starts_on=starts_on,
            ends_on=add_months(starts_on, plan.months) - DAY,
            period_months=3,
            advance_days=15,
            rent_free_months=plan.rent_free,
            deposit_months=Decimal(2),
            index_percent=Decimal(3),
            index_from=add_months(starts_on, 12),
            late_percent=Decimal("0.05"),
            late_cap=Decimal(20),
            terms="未经园区书面同意不得转租。退租时恢复原状。",
            terms_en="No subletting without the park's consent in writing. Restored when left.",
        )
        for unit in units:
            drafting.add_unit(
                actor=actor, now=then, lease=lease, space=unit, price=Decimal(plan.price)
            )
        if plan.reaches != "draft":
            approving.submit(actor=actor, now=then, lease=lease)
    if plan.reaches not in ("draft", "approving"):
        _sign(desk, then, _approved(desk, then, lease), plan)
    if plan.reaches in ("effective", "check-out"):
        _live(desk, now, lease, plan)


def _approved(desk: Desk, then: datetime, lease: Lease) -> Lease:
    with desk.as_("manager") as actor:
        found = approving.approve(actor=actor, now=then, lease=lease)
    if found.state == "approving":
        with desk.as_("books") as actor:
            found = approving.approve(actor=actor, now=then, lease=lease)
    return found


def _sign(desk: Desk, then: datetime, lease: Lease, plan: Plan) -> None:
    scan = paper(f"Lease {lease.number}")
    with desk.as_("manager") as actor:
        papers.keep_paper(actor=by_park(lease), now=then, lease=lease, content=scan)
        if plan.reaches == "awaiting":
            return
        known: dict[str, Any] = {"actor": actor, "now": then, "lease": lease}
        papers.upload_signed_copy(file=BytesIO(scan), name="signed.pdf", **known)
        papers.bring_into_force(signed_on=timezone.localdate(then), **known)


def _live(desk: Desk, now: datetime, lease: Lease, plan: Plan) -> None:
    """Handed over, its rent charged and paid; of one the check-out is prepared."""
    with desk.as_("desk"):
        own = Lease.objects.select_related("tenant").get(pk=lease.pk)
        charge_due(own, now)
        sheet = Handover.objects.select_related("lease__tenant").get(lease=own)
    _fill(desk, now, sheet, {"electricity": 1204, "water": 88, "key": 3})
    with desk.as_("desk"):
        system = by_park(own)
        handovers.confirm_for_organisation(actor=system, now=now, handover=sheet)
    _pay(desk, now, own, plan)
    if plan.reaches == "check-out":
        _begin_check_out(desk, now, own)


def _fill(desk: Desk, now: datetime, sheet: Handover, found: dict[str, int]) -> None:
    """Meters and keys, then the park's word."""
    names = {"electricity": "E-20418", "water": "W-5521", "key": "大门 / Front door"}
    with desk.as_("desk") as actor:
        known: dict[str, Any] = {"actor": actor, "now": now, "handover": sheet}
        for kind, value in found.items():
            what = names.get(kind, "玻璃门破损 / Broken glass door")
            handovers.add_line(kind=kind, what=what, value=Decimal(value), **known)
        handovers.confirm_for_park(**known)


def _pay(desk: Desk, now: datetime, lease: Lease, plan: Plan) -> None:
    today = timezone.localdate(now)
    with desk.as_("books") as actor:
        due = [row for row in charges_of([lease]) if row.due_on <= today]
        rents = [row for row in due if row.kind == ChargeKind.RENT]
        unpaid: list[Charge] = rents[-1:] if plan.owes else []
        for row in due:
            if row not in unpaid:
                note = f"网银 / Bank transfer {row.due_on:%y%m%d}"
                then = now - (today - row.due_on)
                record_payment(actor=actor, now=then, charge=row, paid_on=row.due_on, note=note)


def _begin_check_out(desk: Desk, now: datetime, lease: Lease) -> None:
    with desk.as_("desk") as actor:
        sheet = settlement.begin_check_out(
            actor=actor,
            now=now,
            lease=lease,
            last_on=timezone.localdate(now),
            reason="退园，提前终止 / Leaves the park before the term is over",
        )
    _fill(desk, now, sheet, {"electricity": 4815, "water": 131, "key": 3, "damage": 650})
