"""Sums of sales and the reference rates behind them, for programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from foundation.periods import ALL, Period
from gateway.paging import page_of
from gateway.serializers import ExactField, PageQuery, Shape
from gateway.views import ApiView, Call, ListView
from trade.api.periods import PERIOD_HELP, PeriodField
from trade.models import (
    Direction,
    RateSource,
    ReferenceRate,
)
from trade.permissions import permissions
from trade.queries import (
    Sales,
    by_country,
    by_month,
    by_product,
)

MOST_PRODUCTS = 1_000


class SalesShape(Shape):
    key = serializers.SerializerMethodField(help_text=_("Month, country or product code."))
    currency = serializers.CharField()
    orders = serializers.IntegerField(help_text=_("0 for products."))
    lines = serializers.IntegerField()
    gross = ExactField()
    cancelled = ExactField()
    net = ExactField()
    net_cny = ExactField(allow_null=True, help_text=_("Null where no reference rate is known."))
    provisional = serializers.BooleanField(
        help_text=_("A reference rate is missing or more than seven days old.")
    )

    @extend_schema_field(str)
    def get_key(self, row: Sales) -> str:
        return f"{row.key:%Y-%m}" if hasattr(row.key, "year") else str(row.key)


class SalesListShape(Shape):
    data = SalesShape(many=True)  # type: ignore[assignment]


class SalesQuery(Shape):
    period = PeriodField(required=False, help_text=PERIOD_HELP)
    direction = serializers.ChoiceField(Direction.choices, required=False)


class SalesView(ApiView):
    """What the sums have in common; the subclasses say by what they are summed."""

    query_class = SalesQuery
    row_class = SalesListShape

    def rows(self, period: Period, **filters: Any) -> list[Sales]:
        return by_month(self.actor, period, **filters)

    def get(self, request: Any) -> Response:
        asked = self.asked()
        return self.shown({"data": self.rows(asked.pop("period", ALL), **asked)})


class SalesByMonth(SalesView):
    calls: ClassVar = {
        "GET": Call("figures.read", _("Exact sums by month and currency, in order of time"))
    }


class SalesByCountry(SalesView):
    calls: ClassVar = {
        "GET": Call("figures.read", _("Exact sums by country and currency, the largest first"))
    }

    def rows(self, period: Period, **filters: Any) -> list[Sales]:
        return by_country(self.actor, period, **filters)


class SalesByProduct(SalesView):
    calls: ClassVar = {
        "GET": Call(
            "figures.read",
            _("Exact sums by product and currency, the largest first; at most 1,000"),
        )
    }

    def rows(self, period: Period, **filters: Any) -> list[Sales]:
        return by_product(self.actor, period, limit=MOST_PRODUCTS, **filters)


class RateShape(Shape):
    day = serializers.DateField()
    currency = serializers.CharField()
    cny_per_unit = ExactField()
    source = serializers.ChoiceField(RateSource.choices)  # type: ignore[assignment]


class RateQuery(PageQuery):
    currency = serializers.RegexField(r"^[A-Z]{3}\Z", required=False)


class Rates(ListView):
    calls: ClassVar = {
        "GET": Call(
            "figures.read",
            _(
                "Reference rates with which sums are turned into CNY, in the order they were recorded"
            ),
        )
    }
    query_class = RateQuery
    row_class = RateShape

    def page(self, asked: dict[str, Any]) -> tuple[list[Any], str | None]:
        permissions.require(self.actor, "see_figures")
        found = ReferenceRate.objects.all()
        if "currency" in asked:
            found = found.filter(currency=asked["currency"])
        return page_of(found, asked["cursor"], asked["limit"], kind="rate")
