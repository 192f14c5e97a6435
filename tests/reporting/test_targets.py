"""Targets, what is reached of them, and where present speed leads."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from foundation.actors import Actor
from foundation.errors import DomainError, NotPermitted
from reporting import operations
from reporting.models import Metric, Target
from reporting.progress import progress_of
from reporting.queries import export_months
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Tenant
from trade.models import Direction, MonthlySales

NOW = timezone.now()
SPAN: dict[str, Any] = {
    "starts_on": date(2024, 1, 1),
    "ends_on": date(2028, 12, 31),
    "source": "plan",
}


@pytest.fixture
def as_staff(staff):
    with enter(Identity(STAFF, staff.tenant_id, staff.user_id)):
        yield staff.actor(is_staff=True)


def sales(tenant: Tenant, month: date, net: str, **values: object) -> MonthlySales:
    known = {"orders": 1, "cancelled_orders": 0, "lines": 1, "provisional": False}
    amounts = {"gross": Decimal(net), "cancelled": 0, "net_cny": Decimal(net)}
    keys = {"direction": Direction.EXPORT, "currency": "CNY", "month": month}
    return MonthlySales.objects.create(tenant=tenant, **(known | amounts | keys | values))


def target(actor: Actor, **values: Any) -> Target:
    wanted: dict[str, Any] = {
        "metric": Metric.EXPORTS,
        "measure": "cumulative",
        "value": Decimal(1000),
    }
    return operations.set_target(actor=actor, now=NOW, **(wanted | SPAN | values))


def test_a_cumulative_target_sums_all_organisations_since_its_first_day(
    as_staff, enterprise, neighbour
):
    sales(enterprise, date(2023, 12, 1), "7")
    sales(enterprise, date(2024, 1, 1), "100")
    sales(neighbour, date(2026, 11, 1), "200.5")
    sales(neighbour, date(2026, 11, 1), "50", direction=Direction.DOMESTIC)
    progress = progress_of(target(as_staff), date(2026, 11, 23))
    assert progress.actual.value == Decimal("300.5")
    assert progress.this_year.value == Decimal("200.5")
    assert progress.percent == 30
    assert not progress.actual.provisional


def test_the_forecast_goes_on_at_present_speed(as_staff, enterprise):
    sales(enterprise, date(2024, 1, 1), "366")
    progress = progress_of(target(as_staff), date(2024, 12, 31))  # 366 of 1,827 days gone
    assert progress.forecast == Decimal(1827)
    assert progress.on_course


def test_a_yearly_target_counts_this_year_only(as_staff, enterprise):
    sales(enterprise, date(2025, 6, 1), "900")
    sales(enterprise, date(2026, 6, 1), "100")
    progress = progress_of(target(as_staff, measure="yearly"), date(2026, 12, 31))
    assert (progress.actual.value, progress.forecast) == (Decimal(100), Decimal(100))


def test_a_missing_rate_makes_the_figure_provisional(as_staff, enterprise):
    sales(enterprise, date(2026, 6, 1), "100", net_cny=None, currency="USD")
    assert progress_of(target(as_staff), date(2026, 12, 31)).actual.provisional


def test_organisations_are_counted_by_kind(as_staff, make, enterprise, neighbour):
    make.tenant(kind="start_up")
    standing = target(as_staff, metric=Metric.ENTERPRISES, measure="standing", value=Decimal(100))
    assert progress_of(standing, timezone.localdate()).actual.value == 2


def test_months_without_exports_are_zero(as_staff, enterprise):
    sales(enterprise, date(2026, 3, 1), "5")
    months = export_months(date(2026, 11, 23))
    assert [m.month for m in months] == [
        date(2025, 12, 1),
        *[date(2026, n, 1) for n in range(1, 12)],
    ]
    assert [m.net_cny for m in months if m.net_cny] == [5]


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"value": Decimal(0)}, "target_positive"),
        ({"ends_on": date(2023, 1, 1)}, "target_span"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(as_staff, values, constraint):
    with pytest.raises(DomainError) as refused:
        target(as_staff, **values)
    assert refused.value.code == constraint
    assert not Target.objects.exists()


def test_the_same_target_twice_is_refused(as_staff):
    target(as_staff)
    with pytest.raises(DomainError) as refused:
        target(as_staff)
    assert refused.value.code == "target_once"


def test_weaker_staff_set_no_target(make, park):
    weaker = make.member(park, "finance", is_staff=True).actor(is_staff=True)
    with enter(Identity(STAFF, park.pk)), pytest.raises(NotPermitted):
        target(weaker)


def test_the_figure_on_the_home_opens_exactly_its_rows(staff, enterprise, neighbour, sign_in):
    actor = staff.actor(is_staff=True)
    with enter(Identity(STAFF, staff.tenant_id, staff.user_id)):
        target(actor)
        sales(enterprise, date(2023, 12, 1), "7")
        counted = [
            sales(enterprise, date(2024, 1, 1), "100"),
            sales(neighbour, date(2026, 3, 1), "20"),
        ]
        sales(enterprise, date(2026, 3, 1), "9", direction=Direction.DOMESTIC)
    browser = sign_in(staff)
    home = browser.get("/staff/").content.decode()
    (address,) = set(re.findall(r'href="(/staff/trade/monthlysales/\?[^"]+)"', home))
    listed = browser.get(unescape(address)).context_data["cl"].result_list
    assert {row.pk for row in listed} == {row.pk for row in counted}
