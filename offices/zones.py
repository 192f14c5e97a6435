"""Where the audiences of live sessions sit, and what is spoken to them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

# IANA zones of the countries that live sessions are made for, the nearest first.
ZONES = [
    ("Asia/Singapore", _("Singapore")),
    ("Asia/Kuala_Lumpur", _("Malaysia")),
    ("Asia/Manila", _("Philippines")),
    ("Asia/Bangkok", _("Thailand")),
    ("Asia/Ho_Chi_Minh", _("Vietnam")),
    ("Asia/Jakarta", _("Indonesia (Jakarta)")),
    ("Asia/Tokyo", _("Japan")),
    ("Asia/Seoul", _("Korea")),
    ("Australia/Sydney", _("Australia (Sydney)")),
    ("Asia/Kolkata", _("India")),
    ("Asia/Almaty", _("Kazakhstan")),
    ("Asia/Dubai", _("United Arab Emirates")),
    ("Asia/Riyadh", _("Saudi Arabia")),
    ("Europe/Moscow", _("Russia (Moscow)")),
    ("Europe/Berlin", _("Germany, France, Spain, Italy")),
    ("Europe/London", _("United Kingdom")),
    ("Africa/Lagos", _("Nigeria")),
    ("Africa/Johannesburg", _("South Africa")),
    ("America/New_York", _("USA (east)")),
    ("America/Chicago", _("USA (centre)")),
    ("America/Los_Angeles", _("USA (west)")),
    ("America/Mexico_City", _("Mexico")),
    ("America/Sao_Paulo", _("Brazil (São Paulo)")),
]
LANGUAGES = [
    ("en", _("English")),
    ("zh", _("Chinese")),
    ("es", _("Spanish")),
    ("pt", _("Portuguese")),
    ("fr", _("French")),
    ("de", _("German")),
    ("ru", _("Russian")),
    ("ar", _("Arabic")),
    ("ja", _("Japanese")),
    ("ko", _("Korean")),
    ("th", _("Thai")),
    ("vi", _("Vietnamese")),
    ("id", _("Indonesian")),
    ("ms", _("Malay")),
]


def in_zone(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))
