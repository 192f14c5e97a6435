"""Paper of a session: the sheet to sign, for one date."""

from __future__ import annotations

from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from foundation.pdf import render
from tenants.models import Tenant
from training.desk import in_room, name_of, number_of
from training.models import SessionDate

LANGUAGES = ("zh-hans", "en")


def sheet_of(date: SessionDate, park: Tenant) -> bytes:
    """One line for each seat with room to sign, as PDF bytes."""
    return render("training/sheet", sheet_data(date, park), language="zh-hans")


def sheet_data(date: SessionDate, park: Tenant) -> dict[str, Any]:
    session = date.session
    starts, ends = timezone.localtime(date.starts_at), timezone.localtime(date.ends_at)
    return {
        "park": [park.name, park.name_en or park.name],
        "session": [_titled(language, date) for language in LANGUAGES],
        "code": session.code,
        "when": f"{starts:%Y-%m-%d %H:%M} – {ends:%H:%M}",
        "where": str(date.space or date.place),
        "trainers": ", ".join(str(each) for each in session.trainers.all()),
        "rows": [
            [f"{place}", seat.tenant.name, number_of(seat), name_of(seat), ""]
            for place, seat in enumerate(in_room(session), start=1)
        ],
        "texts": [_texts(language) for language in LANGUAGES],
    }


def _titled(language: str, date: SessionDate) -> str:
    with translation.override(language):
        return date.session.title


def _texts(language: str) -> dict[str, Any]:
    with translation.override(language):
        return {
            "title": _("Attendance sheet"),
            "when": _("Time"),
            "where": _("Place"),
            "trainers": _("Trainers"),
            "heads": [
                _("No."),
                _("Organisation"),
                _("Number"),
                pgettext("person", "Name"),
                _("Signature"),
            ],
            "signed": _("Signed by the trainer"),
        }
