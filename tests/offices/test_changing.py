"""A booking is moved, repeated, waited for, and paid from an allowance."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from backbone.clearance import clearance
from backbone.models import Notice
from billing.models import Charge
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from offices.models import Allowance, Booking, BookingState
from offices.operations import bookings as operations
from offices.operations.allowances import end_allowance, grant_allowance
from offices.operations.series import book_series, cancel_rest, preview, spans
from offices.operations.waiting import OFFERED_FOR, wait
from offices.prices import minutes_left
from spaces.models import Space
from spaces.operations.days import set_day
from spaces.queries import busy
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership
from tests.offices.conftest import set_for
from tests.offices.test_bookings import HOUR, MINUTE, NOON, booked, everything
from tests.spaces.making import NOW, Grounds, office, portal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rule")]
S = BookingState
DAY = timedelta(days=1)


@pytest.fixture
def room(grounds: Grounds) -> Space:
    return grounds.add()


def spans_of(room: Space) -> list[Any]:
    return [(b.start, b.end) for b in busy(spaces=[room], start=NOW, end=NOON + 30 * DAY, now=NOW)]


# -- another time --------------------------------------------------------------------------------


def test_a_booking_moves_with_its_kit_and_the_minutes_around_it(owner, grounds, room) -> None:
    set_for(grounds, minutes_before=15)
    kit = grounds.add("kit")
    booking = booked(owner, room, extras=[kit])
    later = NOON + 5 * HOUR
    with portal(owner) as actor:
        own = operations.move(
            actor=actor, now=NOW, booking=booking, start=later, end=later + 2 * HOUR
        )
    quarter = 15 * MINUTE
    assert spans_of(kit) == [(later, later + 2 * HOUR)]
    assert spans_of(room) == [
        (later - quarter, later),
        (later, later + 2 * HOUR),
        (later + 2 * HOUR, later + 2 * HOUR + quarter),
    ]
    assert (own.price, own.version, own.check_in_until) == (Decimal(400), 1, later + quarter)


@pytest.mark.parametrize("why", ["taken", "costs", "over", "closed"])
def test_what_cannot_move_stays_as_it_is(owner, rival, grounds, room, why) -> None:
    booking, start, now = booked(owner, room), NOON + 3 * HOUR, NOW
    if why == "taken":
        booked(rival, room, start=start)
    if why == "costs":
        now = NOON - 20 * HOUR
    if why == "over":
        now = NOON + HOUR
    if why == "closed":
        set_for(grounds, closes_at=time(13))
    before = everything()
    with portal(owner) as actor, pytest.raises(DomainError) as refusal:
        operations.move(actor=actor, now=now, booking=booking, start=start, end=start + HOUR)
    codes = {"taken": "space_taken", "costs": "costs_to_move", "closed": "closed"}
    assert refusal.value.code == codes.get(why, WrongState.code)
    assert everything() == before


def test_only_who_booked_or_leads_moves_it(make, owner, rival, room) -> None:
    booking = booked(owner, room)
    colleague = make.member(owner.tenant, "member")
    before = everything()
    for who, refusal in ((rival, Booking.DoesNotExist), (colleague, NotPermitted)):
        with portal(who) as actor, pytest.raises(refusal):
            operations.move(
                actor=actor, now=NOW, booking=booking, start=NOON + HOUR, end=NOON + 2 * HOUR
            )
    assert everything() == before


# -- again and again -----------------------------------------------------------------------------


def test_a_series_shows_conflicts_and_books_the_rest_at_once(owner, rival, room) -> None:
    local = timezone.localtime(NOON)
    wanted = spans(local.date(), local.time(), 60, every_days=7, until=local.date() + 21 * DAY)
    booked(rival, room, start=NOON + 7 * DAY)
    with portal(owner) as actor:
        known: dict[str, Any] = {"actor": actor, "now": NOW, "space": room}
        found = preview(wanted=wanted, extras=[], **known)
        assert [bool(each.problem) for each in found] == [False, True, False, False]
        before = everything()
        with pytest.raises(DomainError) as refusal:
            book_series(wanted=wanted, purpose="Talks", **known)
        assert (refusal.value.code, everything()) == ("space_taken", before)
        free = [(each.start, each.end) for each in found if not each.problem]
        made = book_series(wanted=free, purpose="Talks", **known)
        assert len({each.series for each in made}) == 1
        assert cancel_rest(actor=actor, now=NOW, booking=made[1]) == 2
    states = [Booking.objects.filter(pk=each.pk).values_list("state", flat=True) for each in made]
    with enter(Identity(STAFF)):
        assert [row.get() for row in states] == [S.CONFIRMED, S.CANCELLED, S.CANCELLED]


@pytest.mark.parametrize("until", [date(2026, 1, 1), date(2026, 4, 1)])
def test_a_series_has_an_end_that_can_be_read(until) -> None:
    with pytest.raises(InvalidInput):
        spans(date(2026, 1, 2), time(9), 60, every_days=1, until=until)


def test_a_series_counts_against_the_most_one_may_have_ahead(owner, grounds, room) -> None:
    set_for(grounds, most_ahead=2)
    before = everything()
    wanted = [(NOON + n * DAY, NOON + n * DAY + HOUR) for n in range(3)]
    with portal(owner) as actor, pytest.raises(DomainError) as refusal:
        book_series(actor=actor, now=NOW, space=room, wanted=wanted, purpose="Talks")
    assert (refusal.value.code, everything()) == ("too_many", before)


# -- the waiting list ----------------------------------------------------------------------------


def waits(member: Membership, room: Space, now: Any = NOW, start: Any = NOON) -> Booking:
    with portal(member) as actor:
        return wait(actor=actor, now=now, space=room, start=start, end=start + HOUR, purpose="Wait")


def again(booking: Booking) -> Booking:
    with enter(Identity(STAFF)):
        return Booking.objects.get(pk=booking.pk)


def test_the_first_in_line_is_offered_what_is_cancelled(make, owner, rival, room) -> None:
    third = make.member(make.tenant(), "owner")
    booking = booked(owner, room)
    first, second = waits(rival, room), waits(third, room, now=NOW + MINUTE)
    with portal(owner) as actor:
        operations.cancel(actor=actor, now=NOW + HOUR, booking=booking)
    assert (again(first).state, again(second).state) == (S.OFFERED, S.WAITING)
    assert again(first).answer_by == NOW + HOUR + OFFERED_FOR
    with portal(rival):
        assert room.code in Notice.objects.get(kind="offices.offered").title
    with portal(rival) as actor:
        operations.accept(actor=actor, now=NOW + 2 * HOUR, booking=first)
    assert again(first).state == S.CONFIRMED
    assert spans_of(room)[0] == (NOON, NOON + HOUR)


def test_what_is_offered_and_not_taken_goes_to_the_next(make, owner, rival, room) -> None:
    third = make.member(make.tenant(), "owner")
    booking = booked(owner, room)
    first, second = waits(rival, room), waits(third, room, now=NOW + MINUTE)
    with portal(owner) as actor:
        operations.cancel(actor=actor, now=NOW, booking=booking)
    late = NOW + OFFERED_FOR
    with portal(rival) as actor:
        with pytest.raises(WrongState):
            operations.accept(actor=actor, now=late, booking=first)
        operations.settle(actor=actor, now=late)
    assert (again(first).state, again(second).state) == (S.EXPIRED, S.OFFERED)


def test_an_offer_that_is_turned_down_and_a_time_that_moves_reach_the_line(
    owner, rival, room
) -> None:
    booking, line = booked(owner, room), waits(rival, room)
    with portal(owner) as actor:
        operations.move(
            actor=actor, now=NOW, booking=booking, start=NOON + 4 * HOUR, end=NOON + 5 * HOUR
        )
    assert again(line).state == S.OFFERED
    with portal(rival) as actor:
        own = operations.cancel(actor=actor, now=NOW, booking=line)
    assert own.state == S.CANCELLED
    assert own.fee == 0


def test_where_the_park_confirms_the_line_asks_it(owner, rival, grounds, room) -> None:
    booking, line = booked(owner, room), waits(rival, room)
    set_for(grounds, needs_approval=True)
    with portal(owner) as actor:
        operations.cancel(actor=actor, now=NOW, booking=booking)
    assert again(line).state == S.REQUESTED


def test_nobody_waits_for_what_is_free(owner, room) -> None:
    before = everything()
    with pytest.raises(DomainError) as refusal:
        waits(owner, room)
    assert (refusal.value.code, everything()) == ("is_free", before)


def test_who_has_left_the_park_is_passed_over(make, owner, rival, room) -> None:
    booking, line = booked(owner, room), waits(rival, room)
    with enter(Identity(STAFF, rival.tenant_id)):
        rival.tenant.left_at = NOW
        rival.tenant.save(update_fields=["left_at"])
    with portal(owner) as actor:
        operations.cancel(actor=actor, now=NOW, booking=booking)
    assert again(line).state == S.WAITING


# -- the allowance -------------------------------------------------------------------------------


@pytest.fixture
def allowance(grounds: Grounds, owner: Membership) -> Allowance:
    """Ninety minutes a month, and 40 CNY an hour beyond."""
    with office(grounds.lead) as actor:
        return grant_allowance(
            actor=actor, now=NOW, tenant=owner.tenant, type=grounds.type, minutes=90,
            starts_on=NOW.date() - DAY, hour_price=Decimal(40),
        )  # fmt: skip


def test_an_allowance_is_shared_and_what_is_beyond_has_its_own_price(
    make, owner, room, allowance
) -> None:
    colleague = make.member(owner.tenant, "member")
    assert (booked(colleague, room).price, booked(owner, room, start=NOON + 2 * HOUR).price) == (
        Decimal(0),
        Decimal(20),
    )
    with portal(owner):
        assert minutes_left(allowance, NOON) == 0


def test_cancelling_gives_the_minutes_back_as_far_as_it_is_free(owner, room, allowance) -> None:
    early, late = booked(owner, room), booked(owner, room, start=NOON + 2 * HOUR)
    with portal(owner) as actor:
        operations.cancel(actor=actor, now=NOW, booking=early)
        assert minutes_left(allowance, NOON) == 60
        own = operations.cancel(actor=actor, now=late.starts_at - 13 * HOUR, booking=late)
        assert (own.fee, own.allowance_minutes) == (Decimal(10), 15)


def test_another_month_has_an_allowance_of_its_own_and_an_end_is_kept(
    owner, room, grounds, allowance
) -> None:
    with office(grounds.lead) as actor:
        end_allowance(actor=actor, now=NOW, allowance=allowance, ends_on=NOON.date())
    assert booked(owner, room).price == 0
    assert booked(owner, room, start=NOON + DAY).price == Decimal(100)


def test_only_the_leads_of_the_park_grant(grounds, owner, staff) -> None:
    with portal(owner) as actor, pytest.raises(NotPermitted):
        grant_allowance(
            actor=actor, now=NOW, tenant=owner.tenant, type=grounds.type, minutes=1,
            starts_on=NOW.date(),
        )  # fmt: skip
    assert not Allowance.objects.exists()


# -- holidays ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("keeps", "fits"), [(True, False), (False, True)])
def test_a_holiday_is_closed_where_the_rule_keeps_it(owner, grounds, room, keeps, fits) -> None:
    set_for(grounds, keeps_holidays=keeps)
    with office(grounds.lead) as actor:
        set_day(actor=actor, now=NOW, day=NOON.date(), name_zh="节", name_en="Feast")
    if fits:
        assert booked(owner, room).state == S.CONFIRMED
    else:
        with pytest.raises(DomainError) as refusal:
            booked(owner, room)
        assert str(refusal.value).endswith(("Feast", "节"))


def test_a_weekend_that_is_worked_is_open(owner, grounds, room) -> None:
    others = [day for day in range(1, 6) if day != NOON.isoweekday()]
    set_for(grounds, opens_on=others)
    with pytest.raises(DomainError):
        booked(owner, room)
    with office(grounds.lead) as actor:
        set_day(actor=actor, now=NOW, day=NOON.date(), name_zh="班", name_en="Worked", is_open=True)
    assert booked(owner, room).state == S.CONFIRMED


# -- on the pages --------------------------------------------------------------------------------


def test_a_series_from_the_page_and_a_line_from_a_refusal(owner, rival, room, sign_in) -> None:
    client, slug = sign_in(owner), owner.tenant.slug
    page = reverse("offices:new", kwargs={"tenant": slug, "pk": room.pk})
    local = timezone.localtime(NOON)
    sent = {
        "start": "12:00", "minutes": "60", "purpose": "Talks",
        "every": "7", "until": f"{local + 7 * DAY:%Y-%m-%d}",
    }  # fmt: skip
    address = f"{page}?day={NOON:%Y-%m-%d}"
    shown = client.post(address, sent)
    assert shown.text.count('name="chosen"') == 3
    chosen = ["", NOON.astimezone(timezone.get_fixed_timezone(0)).isoformat()]
    client.post(address, sent | {"chosen": chosen})
    with portal(owner):
        assert [each.starts_at for each in Booking.objects.all()] == [NOON]
    other = sign_in(rival)
    page = reverse("offices:new", kwargs={"tenant": rival.tenant.slug, "pk": room.pk})
    single = {**sent, "every": "0"}
    refused = other.post(f"{page}?day={NOON:%Y-%m-%d}", single)
    assert f"{page}waiting/" in refused.text
    other.post(f"{page}waiting/?day={NOON:%Y-%m-%d}", single)
    with portal(rival):
        assert Booking.objects.get().state == S.WAITING


# -- what it costs -------------------------------------------------------------------------------


def charged(member: Membership) -> list[Any]:
    with portal(member):
        return list(Charge.objects.values_list("amount", "currency", "kind", "due_on"))


@pytest.mark.parametrize(
    ("end", "amounts"), [("took place", [100]), ("nobody", [100]), ("late", [50]), ("early", [])]
)
def test_a_booking_is_charged_when_it_is_over(owner, room, end, amounts) -> None:
    booking = booked(owner, room)
    with portal(owner) as actor:
        if end == "took place":
            operations.check_in(actor=actor, now=NOON, booking=booking)
        if end in ("late", "early"):
            at = NOON - 20 * HOUR if end == "late" else NOW
            operations.cancel(actor=actor, now=at, booking=booking)
        for _twice in range(2):
            operations.settle(actor=actor, now=NOON + 3 * HOUR)
    due = timezone.localdate(NOON) + timedelta(days=14)
    assert charged(owner) == [(Decimal(amount), "CNY", "booking", due) for amount in amounts]


def test_hours_beyond_the_allowance_are_charged_by_the_price_of_one(owner, room) -> None:
    booking = booked(owner, room)
    with portal(owner) as actor:
        booking.allowance_minutes, booking.price = booking.minutes - 30, Decimal(25)
        booking.save(update_fields=["allowance_minutes", "price"])
        operations.check_in(actor=actor, now=NOON, booking=booking)
        operations.settle(actor=actor, now=NOON + 3 * HOUR)
        made = Charge.objects.get()
    assert (made.quantity, made.unit, made.unit_price) == (Decimal("0.5"), "h", Decimal(50))
    assert made.amount == Decimal(25)
    assert made.rate_card.startswith(room.type.code)


def test_hours_that_do_not_multiply_to_the_price_are_left_out(owner, room) -> None:
    booking = booked(owner, room)
    with portal(owner) as actor:
        # 50 minutes are 0.8333 hours on paper, and those by 300 are 249.99.
        booking.allowance_minutes, booking.price = booking.minutes - 50, Decimal(250)
        booking.save(update_fields=["allowance_minutes", "price"])
        operations.check_in(actor=actor, now=NOON, booking=booking)
        operations.settle(actor=actor, now=NOON + 3 * HOUR)
        made = Charge.objects.get()
    assert (int(made.amount), int(made.quantity)) == (250, 1)


def test_what_is_over_and_not_settled_blocks_an_exit(owner, room) -> None:
    booking, late = booked(owner, room), NOON + 3 * HOUR
    with portal(owner) as actor:
        assert [i.code for i in clearance(owner.tenant, late)["offices"]] == ["bookings_unsettled"]
        operations.settle(actor=actor, now=late)
        assert not clearance(owner.tenant, late)["offices"]
        booking.refresh_from_db()
    assert booking.state == S.NO_SHOW
