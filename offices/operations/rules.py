"""The park's rules of booking."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from backbone.recording import changed, saved
from foundation.actors import Actor
from foundation.errors import InvalidInput
from foundation.operations import operation
from offices.models import BookingRule
from offices.permissions import permissions


@operation
def set_rule(
    *, actor: Actor, now: datetime, rule: BookingRule | None = None, **values: Any
) -> BookingRule:
    """Write the rule of a type of space, or change it; bookings keep what they were made by.

    Raises NotPermitted, InvalidInput for a ladder that does not come down, and the refusals of
    the table's constraints.
    """
    permissions.require(actor, "manage_booking_rules")
    _check_ladder(values.get("ladder") or [])
    if rule is None:
        return saved(BookingRule(**values), {})
    return changed(BookingRule.objects.get(pk=rule.pk), values)


def _check_ladder(ladder: list[list[int]]) -> None:
    """The most hours first, ending with none; nearer to the start it is not cheaper."""
    hours = [rung[0] for rung in ladder]
    parts = [rung[1] for rung in ladder]
    falls = hours == sorted(set(hours), reverse=True) and hours[-1:] == [0]
    if not falls or parts != sorted(parts) or any(part > 100 for part in parts):
        said = _("The most hours first, down to 0, and never cheaper nearer to the start.")
        raise InvalidInput(said, fields={"ladder": said})
