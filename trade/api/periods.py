"""A period in a query."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from foundation.errors import InvalidInput
from foundation.periods import parse

PERIOD = (
    r"^(all|(19|20|21)\d\d(-(0[1-9]|1[0-2])|-Q[1-4])?"
    r"|(19|20|21)\d\d-\d\d-\d\d\.\.(19|20|21)\d\d-\d\d-\d\d)$"
)


PERIOD_HELP = _("2026, 2026-09, 2026-Q3, 2026-01-05..2026-02-03 or all.")


@extend_schema_field({"type": "string", "pattern": PERIOD})
class PeriodField(serializers.CharField):
    def to_internal_value(self, data: Any) -> Any:
        try:
            return parse(super().to_internal_value(data))
        except InvalidInput as error:
            raise serializers.ValidationError(str(error)) from error
