"""Shapes of what goes in and out: nothing that is not named here comes through, either way."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from foundation.refs import PATTERN, pk_of, ref_of

LARGEST_PAGE = 100
USUAL_PAGE = 50


# Refuses what it does not know, instead of leaving it out in silence. (A docstring here would
# describe every shape that has none of its own in the OpenAPI document.)
class Shape(serializers.Serializer):
    def to_internal_value(self, data: Any) -> Any:
        if hasattr(data, "keys"):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := sorted(set(data.keys()) - writable):
                raise serializers.ValidationError(
                    {name: [_("There is no such field here.")] for name in unknown}
                )
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "pattern": f"^{PATTERN}$"})
class RefField(serializers.Field):
    """An id as the world sees it, see ``foundation.refs``: a primary key inside, a ref outside."""

    default_error_messages = {"unknown": _("There is no such thing.")}

    def __init__(self, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> str:
        return ref_of(value, self.kind)

    def to_internal_value(self, data: Any) -> int:
        try:
            return pk_of(data if isinstance(data, str) else "", self.kind)
        except ValueError:
            self.fail("unknown")


@extend_schema_field({"type": "string", "pattern": r"^-?\d+(\.\d+)?$"})
class ExactField(serializers.Field):
    """An exact decimal as text: no program reads it as a binary fraction by accident."""

    def to_representation(self, value: Any) -> str:
        return format(value.normalize() if value else value * 0, "f")


class PageQuery(Shape):
    """Which page: pass the ``next`` of one answer as the ``cursor`` of the next call."""

    limit = serializers.IntegerField(
        default=USUAL_PAGE,
        min_value=1,
        help_text=_("Rows of a page. More than 100 gives 100."),
    )
    cursor = serializers.RegexField(
        r"^[A-Za-z0-9_-]{1,200}\Z", default="", help_text=_("The `next` of the page before.")
    )

    def validate_limit(self, value: int) -> int:
        return min(value, LARGEST_PAGE)


class ProblemField(Shape):
    field = serializers.CharField(help_text=_("Name of the field; `lines.0.sku` inside a list."))
    detail = serializers.CharField()


class Problem(Shape):
    """Every refusal looks like this (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text=_("Stable, for programs."))
    detail = serializers.CharField(required=False, help_text=_("For people, in their language."))
    errors = ProblemField(many=True, required=False)  # type: ignore[assignment]
