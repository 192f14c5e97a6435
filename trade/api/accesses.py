"""Who of the park looked at the order rows, for programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from gateway.paging import page_of
from gateway.serializers import Shape
from gateway.views import Call, ListView
from trade.models import (
    RowAccess,
)
from trade.queries import (
    row_accesses,
)


class AccessShape(Shape):
    at = serializers.DateTimeField()
    person = serializers.CharField(source="user")
    purpose = serializers.CharField()
    looked_at = serializers.DictField(child=serializers.CharField(), help_text=_("Filters set."))


class RowAccesses(ListView):
    calls: ClassVar = {
        "GET": Call(
            "orders.read",
            _("Every look of the park's staff at the organisation's order rows, newest first"),
        )
    }
    row_class = AccessShape

    def page(self, asked: dict[str, Any]) -> tuple[list[RowAccess], str | None]:
        found = row_accesses(self.actor).order_by()
        return page_of(found, asked["cursor"], asked["limit"], kind="access")
