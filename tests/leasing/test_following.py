"""A lease is renewed or changed: its units change hands without a moment in between."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from billing.models import Charge, ChargeKind
from billing.operations.single import record_payment
from foundation.errors import DomainError, InvalidInput, WrongState
from leasing.housekeeping import keep_own
from leasing.models import Handover, Lease, LeaseState
from leasing.operations import approving, drafting
from leasing.operations.settlement import begin_check_out
from leasing.presentation import compared
from spaces.models import Occupancy
from spaces.occupancy_figures import Letting
from spaces.operations.making_room import Taken
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tests.leasing.making import TODAY, agreed, day, everything, fresh, in_ledger
from tests.spaces.making import NOW, office

pytestmark = pytest.mark.django_db
S = LeaseState
DAY = timedelta(days=1)


def renewed(desk, lease: Lease) -> Lease:
    with office(desk.writer) as actor:
        return drafting.renew(actor=actor, now=NOW, lease=lease)


def changed(desk, lease: Lease, starts_on) -> Lease:
    with office(desk.writer) as actor:
        return drafting.draft_change(actor=actor, now=NOW, lease=lease, starts_on=starts_on)


def through(desk, lease: Lease) -> Lease:
    """From the draft into force."""
    with office(desk.writer) as actor:
        approving.submit(actor=actor, now=NOW, lease=lease)
    return desk.in_force(desk.approved(fresh(lease)))


def tidied(tenant, days: int) -> None:
    with enter_tenant(tenant.pk):
        keep_own(NOW + days * DAY)


def test_a_renewal_copies_terms_and_units_and_takes_the_unit_over(owner, rival, desk) -> None:
    unit = desk.unit()
    lease = desk.effective(owner.tenant, unit, ends_on=day(59), rent_free_months=1)
    draft = renewed(desk, lease)
    assert (draft.starts_on, draft.previous_id) == (day(60), lease.pk)
    with office(desk.writer):
        assert (draft.rent_free_months, draft.units.get().price) == (0, Decimal(60))
    renewal = through(desk, draft)
    assert in_ledger(unit) == [("active", False), ("active", True)]
    assert fresh(lease).state == S.ENDING
    with pytest.raises(Taken):
        desk.approved(desk.submitted(rival.tenant, unit, starts_on=day(60), ends_on=day(90)))
    tidied(owner.tenant, 59)
    assert fresh(lease).state == S.ENDING
    tidied(owner.tenant, 60)
    assert fresh(lease).state == S.ENDED
    assert fresh(renewal).state == S.EFFECTIVE
    assert in_ledger(unit)[0] == ("completed", False)
    with enter(Identity(STAFF)):
        assert not Handover.objects.filter(kind="check_out").exists()


def test_a_lease_is_renewed_once(owner, desk) -> None:
    lease = desk.effective(owner.tenant)
    first = renewed(desk, lease)
    before = everything()
    with pytest.raises(DomainError) as refusal:
        renewed(desk, lease)
    assert (refusal.value.code, everything()) == ("lease_followed_once", before)
    with office(desk.writer) as actor:
        approving.void(actor=actor, now=NOW, lease=first, reason="Other terms")
    assert renewed(desk, lease).state == S.DRAFT


def test_a_deposit_goes_on_with_the_lease(owner, desk) -> None:
    lease = desk.effective(owner.tenant, ends_on=day(59))
    with office(desk.finance) as actor:
        paid = Charge.objects.of_source(lease).get(kind=ChargeKind.DEPOSIT)
        record_payment(actor=actor, now=NOW, charge=paid, paid_on=TODAY, note="ICBC 1")
    draft = renewed(desk, lease)
    with office(desk.writer) as actor:
        drafting.change_unit(actor=actor, now=NOW, unit=draft.units.get(), price=Decimal(70))
    renewal = through(desk, draft)
    with office(desk.writer):
        more = Charge.objects.of_source(renewal).get(kind=ChargeKind.DEPOSIT)
    assert more.amount == Decimal(7350) - Decimal(6300)


def test_a_change_keeps_before_and_after_and_the_unit_that_goes_is_inspected(owner, desk) -> None:
    stays, goes, comes = desk.unit(), desk.unit(), desk.unit()
    lease = desk.effective(owner.tenant, stays, goes, starts_on=day(-40))
    draft = changed(desk, lease, TODAY)
    with office(desk.writer) as actor:
        units = {unit.space_id: unit for unit in draft.units.all()}
        drafting.remove_unit(actor=actor, now=NOW, unit=units[goes.pk])
        drafting.change_unit(actor=actor, now=NOW, unit=units[stays.pk], area=Decimal(50))
        drafting.add_unit(actor=actor, now=NOW, lease=draft, space=comes, price=Decimal(60))
    change = through(desk, draft)
    assert in_ledger(stays) == [("completed", False), ("active", True)]
    assert in_ledger(goes) == [("active", True)]
    assert in_ledger(comes) == [("active", True)]
    old = fresh(lease)
    assert (old.state, old.last_on, old.ends_on) == (S.ENDING, day(-1), lease.ends_on)
    with office(desk.writer):
        found = {each.label: each for each in compared(old, fresh(change)) if each.is_changed}
        assert {goes.code, comes.code, stays.code} < set(found)
        assert found[comes.code].before == "--"
        sheet = Handover.objects.select_related("lease__tenant").get(lease=lease, kind="check_out")
        assert Handover.objects.filter(lease=change).count() == 1
    agreed(owner, desk.confirmed(sheet))
    assert in_ledger(goes) == [("completed", False)]
    assert fresh(lease).state == S.ENDED
    assert in_ledger(stays)[1] == ("active", True)


def test_a_change_begins_within_the_lease(owner, desk) -> None:
    lease = desk.effective(owner.tenant)
    before = everything()
    for wrong in (lease.starts_on, lease.ends_on + DAY):
        with pytest.raises(InvalidInput):
            changed(desk, lease, wrong)
    assert everything() == before


def test_a_lease_that_is_ending_is_not_followed_any_more(owner, desk) -> None:
    unit = desk.unit()
    lease = desk.effective(owner.tenant, unit, ends_on=day(59))
    draft = renewed(desk, lease)
    desk.ending(lease)
    with office(desk.writer) as actor:
        approving.submit(actor=actor, now=NOW, lease=draft)
    approved = desk.approved(fresh(draft))
    desk.signed(approved)
    before = everything()
    with pytest.raises(WrongState):
        desk.in_force(approved)
    assert everything()[-1] == before[-1]


def test_rent_is_charged_when_it_comes_due_and_once(owner, desk) -> None:
    lease = desk.effective(owner.tenant)
    tenant = owner.tenant

    def rents() -> list[int]:
        with enter(Identity(STAFF)):
            rows = Charge.objects.of_source(lease).filter(kind=ChargeKind.RENT)
            return [(row.period - TODAY).days for row in rows.order_by("period")]

    assert rents() == [0]
    tidied(tenant, 30)
    assert rents() == [0]
    for _twice in range(2):
        tidied(tenant, 60)
    assert len(rents()) == 2
    tidied(tenant, 300)
    assert len(rents()) == 4


def test_a_charge_says_how_its_rent_comes_about(owner, desk) -> None:
    lease = desk.effective(
        owner.tenant, index_percent=Decimal(3), index_from=day(180), ends_on=day(400)
    )
    tidied(owner.tenant, 400)
    with enter(Identity(STAFF)):
        first, *_others, last = Charge.objects.of_source(lease).filter(kind="rent").order_by("pk")
    assert (first.quantity, first.unit) == (Decimal("52.5"), "m²")
    assert first.unit_price == 180
    assert first.amount == Decimal("52.5") * 180
    assert first.rate_card == f"{lease.number} {TODAY}"
    assert last.rate_card == f"{lease.number} {day(180)}"


def test_rent_after_the_last_day_is_waived_unless_it_was_paid(owner, desk) -> None:
    lease = desk.effective(owner.tenant, starts_on=day(-80), ends_on=day(300))
    tidied(owner.tenant, 5)
    desk.ending(lease)
    with enter(Identity(STAFF)):
        rows = Charge.objects.of_source(lease).filter(kind=ChargeKind.RENT).order_by("period")
        found = [(row.period > TODAY, row.state) for row in rows]
    assert found == [(False, "open"), (True, "waived")]


@pytest.mark.parametrize(
    ("last_on", "reason", "field"),
    [(day(365), "x", "last_on"), (day(-1), "x", "last_on"), (day(10), " ", "reason")],
)
def test_a_check_out_has_a_day_and_a_reason(owner, desk, last_on, reason, field) -> None:
    lease = desk.effective(owner.tenant)
    before = everything()
    with office(desk.writer) as actor, pytest.raises(InvalidInput) as refusal:
        begin_check_out(actor=actor, now=NOW, lease=lease, last_on=last_on, reason=reason)
    assert field in refusal.value.fields
    assert everything() == before


def test_figures_count_the_contracted_area_until_it_is_handed_back(owner, desk) -> None:
    unit = desk.unit()
    draft = desk.draft(owner.tenant, unit, starts_on=day(-30), ends_on=day(-2))
    with office(desk.writer) as actor:
        drafting.change_unit(actor=actor, now=NOW, unit=draft.units.get(), area=Decimal(48))
        approving.submit(actor=actor, now=NOW, lease=draft)
    lease = desk.in_force(desk.approved(fresh(draft)))
    with office(desk.writer):
        letting = Letting(day(-40))
        assert letting.share(day(-31)).occupied == 0
        assert letting.share(TODAY).occupied == Decimal(48)
        assert letting.share(TODAY).leasable == Decimal("52.50")
        assert letting.vacancy(day(-10), 30).area == Decimal(48)
        row = Occupancy.objects.get(space=unit)
        assert (row.ends_at, row.area) == (None, Decimal(48))
    agreed(owner, desk.confirmed(desk.ending(lease, day(-2))))
    with office(desk.writer):
        assert Letting(day(-40)).share(TODAY).occupied == 0


def test_leases_that_end_soon_are_listed_and_those_that_are_over(owner, desk) -> None:
    soon = desk.effective(owner.tenant, ends_on=day(30))
    later = desk.effective(owner.tenant, ends_on=day(61))
    over = desk.effective(owner.tenant, starts_on=day(-30), ends_on=day(-1))
    with office(desk.writer):
        found = Lease.objects.all()
        assert list(found.ending_within(30, TODAY)) == [soon]
        assert set(found.ending_within(90, TODAY)) == {soon, later}
        assert list(found.overstaying(TODAY)) == [over]
