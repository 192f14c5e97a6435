"""Occupancy by contracted area, and what ends soon."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from foundation.home import address_of
from reporting.metrics import DEFINITIONS, measure
from reporting.models import Target
from reporting.progress import progress_of
from spaces.occupancy_figures import Letting, month_ends, occupancy_on
from spaces.operations import tree
from spaces.operations.closing import put_into_maintenance
from spaces.operations.occupancy import Want, release, take
from spaces.queries import day_span
from tenants.isolation.context import STAFF, Identity, enter
from tests.spaces.making import DAY, NOW, at, office

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)


def midnight(days):
    """When the day so many days from now begins."""
    return day_span(TODAY + DAY * days)[0]


@pytest.fixture
def let(staff, enterprise):
    def _let(unit, first, last, holder=enterprise, **values):
        """From the beginning of the first day to the end of the last, counted from today."""
        end = None if last is None else midnight(last + 1)
        lease = Want(unit, midnight(first), end, "lease")
        with office(staff) as actor:
            known: dict[str, Any] = {"actor": actor, "now": NOW, "holder": holder, "source": holder}
            return take(wants=[lease], **known, **values)

    return _let


def on(days=0, floor=None):
    with enter(Identity(STAFF)):
        found = Letting(TODAY + DAY * days).share(TODAY + DAY * days, floor)
    return found.leasable, found.occupied


def test_the_contracted_part_of_the_leasable_area(grounds, let):
    large, _small = grounds.add("unit", area=Decimal(300)), grounds.add("unit", area=Decimal(100))
    let(large, -10, 10)
    assert on() == (400, 300)
    with enter(Identity(STAFF)):
        assert occupancy_on(TODAY).percent == 75


def test_from_its_first_day_to_its_last(grounds, let):
    let(grounds.add("unit", area=Decimal(80)), -5, 5)
    assert [on(days)[1] for days in (-6, -5, 0, 5, 6)] == [0, 80, 80, 80, 0]


def test_one_day_of_two_leases_counts_once(grounds, let, enterprise, neighbour):
    unit = grounds.add("unit", area=Decimal(80))
    let(unit, -5, 0)
    let(unit, 1, None, holder=neighbour)
    assert [on(days) for days in (0, 1, 400)] == [(80, 80)] * 3


def test_a_lease_that_is_over_was_one_while_it_ran(grounds, let, staff):
    rows = let(grounds.add("unit", area=Decimal(80)), -30, None)
    with office(staff) as actor:
        release(actor=actor, now=NOW, occupancies=rows, at=midnight(-10))
    assert [on(days)[1] for days in (-20, -11, -10, 0)] == [80, 80, 0, 0]


def test_what_never_counts(grounds, let, staff, enterprise):
    counted = grounds.add("unit", area=Decimal(10))
    own = grounds.add("unit", area=Decimal(20), counts_in_statistics=False)
    hourly = grounds.add("unit", area=Decimal(40), lets_by_lease=False)
    _unit, (desk,) = grounds.office_of(1)
    held = grounds.add("unit", area=Decimal(5))
    let(own, -5, 5)
    let(desk, -5, 5)
    let(held, -5, 5, held_until=at(24))
    with office(staff) as actor:
        known: dict[str, Any] = {"actor": actor, "now": NOW, "reason": "roof"}
        for space in (counted, hourly):
            put_into_maintenance(space=space, start=at(-1), end=at(48), **known)
    assert on() == (Decimal("67.5"), 0)


def test_a_retired_unit_counts_until_it_was_retired(grounds, staff):
    unit = grounds.add("unit", area=Decimal(80))
    with office(staff) as actor:
        tree.retire_space(actor=actor, now=NOW, space=unit)
    assert [on(days)[0] for days in (-1, 0)] == [80, 0]


def test_nothing_to_let_has_no_percentage(grounds):
    with enter(Identity(STAFF)):
        assert occupancy_on(TODAY).percent is None


def test_by_floor(grounds, let, staff):
    with office(staff) as actor:
        upstairs = tree.add_floor(
            actor=actor, now=NOW, building=grounds.floor.building, level=2,
            name_zh="二层", name_en="2F",
        )  # fmt: skip
    below, above = (
        grounds.add("unit", area=Decimal(60)),
        grounds.add("unit", area=Decimal(40), floor=upstairs),
    )
    let(above, -1, 20)
    assert on(floor=grounds.floor) == (60, 0)
    assert on(floor=upstairs) == (40, 40)
    with enter(Identity(STAFF)):
        letting = Letting(TODAY)
        assert letting.vacancy(TODAY, 30).of(upstairs).area == 40
        assert letting.vacancy(TODAY, 30).of(grounds.floor).area == 0
    assert below.floor_id == grounds.floor.pk


def test_the_forecast_tells_what_ends_and_what_is_let_again(grounds, let, neighbour):
    soon, later, again = (grounds.add("unit", area=Decimal(a)) for a in (10, 20, 40))
    open_ended = grounds.add("unit", area=Decimal(80))
    let(soon, -5, 30)
    let(later, -5, 31)
    let(again, -5, 9)
    let(again, 20, None, holder=neighbour)
    let(open_ended, -5, None)
    with enter(Identity(STAFF)):
        letting = Letting(TODAY)
        found = {days: letting.vacancy(TODAY, days) for days in (15, 30, 60)}
    areas = {days: [int(each.area), int(each.vacant)] for days, each in found.items()}
    assert areas == {15: [40, 40], 30: [50, 10], 60: [70, 30]}
    assert [each.lease.space for each in found[60].endings] == [again, soon, later]


def test_the_last_days_of_twelve_months():
    ends = month_ends(date(2026, 3, 15))
    assert (ends[0], ends[-3], ends[-2:]) == (
        date(2025, 3, 31),
        date(2026, 1, 31),
        [date(2026, 2, 28), date(2026, 3, 15)],
    )
    assert len(ends) == 13


@pytest.fixture
def page(sign_in, staff):
    def _page(address="", **query):
        client = sign_in(staff)
        client.cookies["django_language"] = "en"
        return client.get(address or reverse("admin:occupancy"), query)

    return _page


def test_each_number_links_to_exactly_its_rows(grounds, let, page, neighbour):
    first, second, free = (grounds.add("unit", area=Decimal(a)) for a in (1000, 250, 50))
    let(first, -400, 20)
    let(second, -40, 100, holder=neighbour)
    text = page().content.decode()
    links = re.findall(r'href="([^"]*occupancy/rows/[^"]*)">([^<]+)<', text)
    assert len(links) > 50
    for link, number in links:
        rows = page(unescape(link))
        assert not rows.context["form"].errors
        if not number.endswith(("%", "-")):
            assert f"{number.strip()} m²" in rows.content.decode()
    assert free.code in page(reverse("admin:occupancy_rows"), what="free").content.decode()


def test_what_an_address_makes_up_is_said(grounds, page):
    for query in ({"what": "x"}, {"what": "free", "floor": "x"}, {"what": "free", "within": "7"}):
        response = page(reverse("admin:occupancy_rows"), **query)
        assert response.status_code == 200
        assert response.context["form"].errors


def test_many_leases_cost_no_more_queries(grounds, let, page):
    let(grounds.add("unit"), -5, 20)
    page()
    with CaptureQueriesContext(connection) as few:
        page()
    for _each in range(5):
        let(grounds.add("unit"), -5, 20)
    with CaptureQueriesContext(connection) as many:
        page()
    assert len(many) == len(few)


def test_a_stranger_and_a_person_of_an_organisation_see_no_figures(sign_in, owner):
    for name in ("occupancy", "occupancy_rows"):
        assert sign_in(owner).get(reverse(f"admin:{name}")).status_code in (302, 403, 404)


def test_the_parks_figure_is_that_of_the_last_day(grounds, let):
    let(grounds.add("unit", area=Decimal(30)), -5, 5)
    grounds.add("unit", area=Decimal(10))
    with enter(Identity(STAFF)):
        assert measure("occupancy", TODAY - DAY * 90, TODAY).value == 75
        assert measure("occupancy", TODAY - DAY * 90, TODAY - DAY * 6).value == 0
        target = Target(
            metric="occupancy", measure="standing", value=90,
            starts_on=TODAY - DAY, ends_on=TODAY + DAY * 999,
        )  # fmt: skip
        # A share does not add up day by day: at present speed it stays what it is.
        assert progress_of(target, TODAY).forecast == 75
    rows = DEFINITIONS["occupancy"].rows(TODAY - DAY, TODAY)
    assert address_of(rows) == f"{reverse('admin:occupancy_rows')}?what=occupied&day={TODAY}"
