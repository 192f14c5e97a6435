"""People of one organisation who book at the same moment."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from django.db import connection

from offices import prices
from offices.models import Booking
from offices.operations.allowances import grant_allowance
from tests.offices.conftest import rule
from tests.offices.test_bookings import booked
from tests.spaces.making import NOW, office, portal

__all__ = ["rule"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("rule")
def test_two_who_book_at_once_do_not_use_the_same_minutes(owner, grounds, monkeypatch) -> None:
    rooms = [grounds.add(), grounds.add()]
    with office(grounds.lead) as actor:
        grant_allowance(
            actor=actor, now=NOW, tenant=owner.tenant, type=grounds.type, minutes=60,
            starts_on=NOW.date(),
        )  # fmt: skip
    both_have_read = Barrier(2)
    read = prices.minutes_left

    def read_and_wait(*args, **kwargs):
        """Without the lock both read the same rest before either has written."""
        left = read(*args, **kwargs)
        with contextlib.suppress(BrokenBarrierError):
            both_have_read.wait(timeout=1)
        return left

    monkeypatch.setattr(prices, "minutes_left", read_and_wait)

    def book(room) -> None:
        try:
            booked(owner, room)
        finally:
            connection.close()

    threads = [Thread(target=book, args=[room]) for room in rooms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with portal(owner):
        made = sorted(Booking.objects.values_list("allowance_minutes", "price"))
    assert made == [(0, Decimal(100)), (60, Decimal(0))]
