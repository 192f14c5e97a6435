"""Orders and their lines, for programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from gateway.paging import unreadable_cursor
from gateway.serializers import ExactField, PageQuery, RefField, Shape
from gateway.views import ApiView, Call, ListView, get_visible
from trade.api.periods import PERIOD_HELP, PeriodField
from trade.models import (
    Direction,
    LineKind,
    Order,
)
from trade.queries import (
    OrderFilter,
    order_detail,
    orders_page,
)
from trade.queries.orders import is_page_key


class OrderShape(Shape):
    id = RefField("order", source="pk")
    number = serializers.CharField()
    channel = serializers.CharField(source="channel.name")
    ordered_at = serializers.DateTimeField()
    ordered_on = serializers.DateField(help_text=_("The business day in the park's zone."))
    direction = serializers.ChoiceField(Direction.choices)
    country = serializers.CharField()
    currency = serializers.CharField()
    gross = ExactField(help_text=_("Sum of the sale lines, in `currency`."))
    cancelled = ExactField(help_text=_("Sum of the cancellation lines, positive."))
    net = ExactField()


class LineShape(Shape):
    line_no = serializers.IntegerField(help_text=_("Row in the file."))
    kind = serializers.ChoiceField(LineKind.choices)
    sku = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    quantity = ExactField(help_text=_("Negative for a cancellation."))
    unit_price = ExactField()
    amount = ExactField()


class OrderWithLinesShape(OrderShape):
    lines = LineShape(many=True)


class OrderQuery(PageQuery):
    period = PeriodField(required=False, help_text=PERIOD_HELP)
    country = serializers.RegexField(r"^[A-Z]{2}\Z", required=False)
    currency = serializers.RegexField(r"^[A-Z]{3}\Z", required=False)
    direction = serializers.ChoiceField(Direction.choices, required=False)
    sku = serializers.CharField(required=False, max_length=80, help_text=_("A whole product code."))
    q = serializers.CharField(
        required=False, max_length=80, help_text=_("The start of an order number or product code.")
    )


class Orders(ListView):
    calls: ClassVar = {
        "GET": Call(
            "orders.read",
            _("Orders as imported, newest business day first"),
            _("Not verified by customs."),
        )
    }
    query_class = OrderQuery
    row_class = OrderShape

    def page(self, asked: dict[str, Any]) -> tuple[list[Any], str | None]:
        limit, cursor = asked.pop("limit"), asked.pop("cursor")
        if cursor and not is_page_key(cursor):
            raise unreadable_cursor()
        found = orders_page(self.actor, OrderFilter(**asked), after=cursor, size=limit, count=False)
        return found.rows, found.next or None


class OrderDetail(ApiView):
    calls: ClassVar = {
        "GET": Call("orders.read", _("One order with its lines in the order of the file"))
    }
    row_class = OrderWithLinesShape

    def get(self, request: Any, ref: str) -> Response:
        self.asked()
        known = get_visible(Order.objects.visible_to(self.actor), ref, "order")
        order, lines = order_detail(self.actor, known.pk)
        shown = {**OrderShape(order).data, "lines": LineShape(lines, many=True).data}
        return Response(shown)
