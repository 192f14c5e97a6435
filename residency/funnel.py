"""The funnel: how many leads came, and how far they got, by source or by who looks after them.

Every figure counts rows that a list of the staff site shows: ``query`` is the filter of that list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from foundation.periods import Period
from residency.models import Application, FollowUp, FollowUpKind, Lead, LeadState, LostReason
from residency.models.leads import LeadSource

# A stage's name in the list's filter and here.
VISITED, QUOTED, APPLIED, WON = "visited", "quoted", "applied", "won"
STAGES = (VISITED, QUOTED, APPLIED, WON)


def at_stage(leads: QuerySet[Lead], stage: str) -> QuerySet[Lead]:
    """The leads that came so far, whatever became of them since."""
    return leads.filter(_reached(stage))


def _reached(stage: str) -> Any:
    of_lead = FollowUp.objects.filter(lead=OuterRef("pk"))
    return {
        VISITED: Exists(of_lead.filter(kind=FollowUpKind.VISIT)),
        QUOTED: Exists(of_lead.filter(kind=FollowUpKind.QUOTE)),
        APPLIED: Exists(Application.objects.submitted().filter(lead=OuterRef("pk"))),
        WON: Q(state=LeadState.WON),
    }[stage]


def recorded_in(leads: QuerySet[Lead], period: Period) -> QuerySet[Lead]:
    return leads.filter(**bounds(period))


def bounds(period: Period) -> dict[str, Any]:
    """The period as look-ups of the list: moments, days being the park's."""
    found = {}
    if period.start_on:
        found["created_at__gte"] = _midnight(period.start_on)
    if period.end_on:
        found["created_at__lt"] = _midnight(period.end_on)
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True, slots=True)
class Cell:
    """A count, its share of the row's leads in percent, and the filter that shows its rows."""

    count: int
    percent: int | None
    query: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    total: Cell
    stages: list[Cell]
    lost: Cell
    # m²: what was wished for, and what those who moved in had applied for.
    wanted: Decimal | None
    moved_in: Decimal | None


@dataclass(frozen=True, slots=True)
class Funnel:
    by_source: list[Row]
    by_owner: list[Row]
    reasons: list[tuple[str, Cell]] = field(default_factory=list)


def funnel(leads: QuerySet[Lead], period: Period) -> Funnel:
    found = recorded_in(leads, period)
    return Funnel(
        _rows(found, period, "source", "source__exact"),
        _rows(found, period, "owner", "owner__id__exact"),
        _reasons(found, period),
    )


def _rows(leads: QuerySet[Lead], period: Period, column: str, look_up: str) -> list[Row]:
    counted = {stage: Count("pk", filter=_reached(stage)) for stage in STAGES}
    groups = (
        leads.values(column)
        .annotate(
            total=Count("pk"),
            lost=Count("pk", filter=Q(state=LeadState.LOST)),
            wanted=Sum("wanted_area"),
            **counted,
        )
        .order_by("-total", column)
    )
    names, areas = _names(leads, column), _areas(leads, column)
    return [
        _row(
            group,
            names[group[column]],
            areas.get(group[column]),
            query_of(period, look_up, group[column]),
        )
        for group in groups
    ]


def _row(group: Any, label: str, moved_in: Decimal | None, query: dict[str, Any]) -> Row:
    total = group["total"]

    def cell(count: int, **more: Any) -> Cell:
        return Cell(count, 100 * count // total if total else None, query | more)

    return Row(
        label,
        cell(total),
        [cell(group[stage], stage=stage) for stage in STAGES],
        cell(group["lost"], state__exact=LeadState.LOST),
        group["wanted"],
        moved_in,
    )


def query_of(period: Period, look_up: str, value: Any) -> dict[str, Any]:
    moments = {name: moment.isoformat() for name, moment in bounds(period).items()}
    return {**moments, look_up: value}


def _names(leads: QuerySet[Lead], column: str) -> dict[Any, str]:
    if column == "owner":
        return {lead.owner_id: str(lead.owner) for lead in leads.select_related("owner")}
    return {value: str(label) for value, label in LeadSource.choices}


def _areas(leads: QuerySet[Lead], column: str) -> dict[Any, Decimal | None]:
    """The area that those who moved in had applied for."""
    resident = Application.objects.filter(lead__in=leads, state="resident")
    sums = resident.values(f"lead__{column}").annotate(area=Sum("wanted_area"))
    return {each[f"lead__{column}"]: each["area"] for each in sums}


def _reasons(leads: QuerySet[Lead], period: Period) -> list[tuple[str, Cell]]:
    lost = leads.filter(state=LeadState.LOST)
    total = lost.count()
    labels = dict(LostReason.choices)
    groups = lost.values("lost_reason").annotate(count=Count("pk")).order_by("-count")
    return [
        (
            str(labels[each["lost_reason"]]),
            Cell(
                each["count"],
                100 * each["count"] // total,
                query_of(period, "lost_reason__exact", each["lost_reason"]),
            ),
        )
        for each in groups
    ]
