"""The park's figures on the staff's first page."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.actors import Actor
from foundation.home import Destination, QuickAction, Tile, WorkItem
from foundation.money import format_number, format_short
from reporting.metrics import SHARE
from reporting.permissions import permissions
from reporting.progress import Progress
from reporting.queries import current_targets, late_uploads, park_profile


def park_tiles(*, actor: Actor, now: datetime) -> list[Tile]:
    """One tile a target, then the park's floor area."""
    tiles = [_tile(progress) for progress in current_targets(timezone.localdate(now))]
    profile = park_profile()
    if profile:
        area = Tile(
            label=_("Floor area"),
            value=f"{format_number(profile.floor_area.normalize())} m²",
            to=Destination("admin:reporting_parkprofile_changelist"),
        )
        tiles.append(area)
    return tiles


def park_work(*, actor: Actor, now: datetime) -> list[WorkItem]:
    """What waits for the park's people: organisations whose orders of last month are missing."""
    late = late_uploads(timezone.localdate(now))
    if not late.tenants:
        return []
    count = len(late.tenants)
    title = ngettext(
        "%(count)s organisation has uploaded no orders for %(month)s",
        "%(count)s organisations have uploaded no orders for %(month)s",
        count,
    ) % {"count": count, "month": f"{late.month:%Y-%m}"}
    return [WorkItem(title, _("Remind them"), Destination("admin:late_organisations"))]


def park_actions(*, actor: Actor, now: datetime) -> list[QuickAction]:
    if not permissions.permits(actor, "make_brief"):
        return []
    return [
        QuickAction(_("Make the park brief"), "picture_as_pdf", Destination("admin:park_brief"))
    ]


def _tile(progress: Progress) -> Tile:
    return Tile(
        label=str(progress.target.get_metric_display()),
        value=_shown(progress, progress.actual.value),
        to=progress.rows,
        note=_note(progress),
        percent=min(progress.percent, 100),
    )


def _shown(progress: Progress, value: object) -> str:
    unit = progress.definition.unit
    if unit == SHARE:
        return f"{format_number(value, 1)} %"  # type: ignore[arg-type]
    return f"{unit} {format_short(value)}" if unit else format_number(value, 0)  # type: ignore[arg-type]


def _note(progress: Progress) -> str:
    target = _("of %(value)s, %(measure)s") % {
        "value": _shown(progress, progress.target.value),
        "measure": progress.target.get_measure_display(),
    }
    year = _("this year %(value)s") % {"value": _shown(progress, progress.this_year.value)}
    forecast = _("at present speed %(value)s by %(day)s") % {
        "value": _shown(progress, progress.forecast),
        "day": progress.target.ends_on,
    }
    parts = [target, year, forecast]
    if progress.actual.provisional:
        parts.append(_("provisional: a reference rate is missing"))
    return " · ".join(str(part) for part in parts)
