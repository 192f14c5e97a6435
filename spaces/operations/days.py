"""The park's holidays and make-up working days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import holidays
from django.utils.translation import gettext_lazy as _

from backbone.recording import changed, saved
from foundation.actors import Actor
from foundation.errors import InvalidInput
from foundation.operations import operation
from spaces.models import ParkDay
from spaces.permissions import permissions

ACTION = "manage_spaces"
COUNTRY = "CN"
MAKE_UP = {"name_zh": "调休上班", "name_en": "Make-up working day"}


@operation
def set_day(
    *,
    actor: Actor,
    now: datetime,
    day: date,
    name_zh: str,
    name_en: str,
    is_open: bool = False,
    row: ParkDay | None = None,
) -> ParkDay:
    """Put a day into the list, or change one. Raises NotPermitted, DomainError ``park_day_once``."""
    permissions.require(actor, ACTION)
    values: dict[str, Any] = {
        "day": day, "name_zh": name_zh, "name_en": name_en, "is_open": is_open,
    }  # fmt: skip
    if row is None:
        return saved(ParkDay(**values), {})
    return changed(ParkDay.objects.get(pk=row.pk), values)


@operation
def load_year(*, actor: Actor, now: datetime, year: int) -> int:
    """Put in the days that the State Council has fixed for a year, as the package ``holidays``
    tells them; days that stand in the list already stay as the park has them.

    Gives how many are new. Raises NotPermitted, and InvalidInput for a year without make-up
    working days: of that one the notice is not in the package yet.
    """
    permissions.require(actor, ACTION)
    found = public_days(year)
    if not any(values["is_open"] for values in found.values()):
        raise InvalidInput(
            _("The public holidays of %(year)s are not known to this version of the portal yet."),
            code="year_unknown",
            params={"year": year},
        )
    known = set(ParkDay.objects.filter(day__year=year).values_list("day", flat=True))
    for day in sorted(found.keys() - known):
        saved(ParkDay(day=day, **found[day]), {})
    return len(found.keys() - known)


def public_days(year: int) -> dict[date, dict[str, Any]]:
    """Holidays of the year and the weekends that are worked for them."""
    chinese = holidays.country_holidays(COUNTRY, years=year, language="zh_CN")
    english = holidays.country_holidays(COUNTRY, years=year, language="en_US")
    found: dict[date, dict[str, Any]] = {
        day: {"name_zh": name, "name_en": english[day], "is_open": False}
        for day, name in chinese.items()
    }
    worked = [day for day in chinese.weekend_workdays if day.year == year]
    return found | {day: {**MAKE_UP, "is_open": True} for day in worked}
