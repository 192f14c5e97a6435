"""Reads of residency that span models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from residency.checklist import Line, lines_of
from residency.models import Application, ApplicationState, Stay, StayState
from tenants.models import Tenant, TrailEntry

# An applicant who has not answered for so long is reminded.
SILENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Event:
    """A state that an application came to, and when."""

    state: str
    at: datetime

    @property
    def label(self) -> str:
        return str(ApplicationState(self.state).label)


def history_of(application: Application) -> list[Event]:
    """Its states in order, from the trail."""
    entries = TrailEntry.objects.filter(
        tenant_id=application.tenant_id, table="residency_application", row_id=application.pk
    ).order_by("at", "pk")
    found = [(entry.after or {}, entry.at) for entry in entries]
    return [Event(after["state"], at) for after, at in found if after.get("state")]


@dataclass(frozen=True, slots=True)
class Standing:
    """What an applicant is told: what happened, what is wanted of them, what comes next."""

    events: list[Event]
    faulty: list[Line]


def standing_of(application: Application, now: datetime) -> Standing:
    faulty = [line for line in lines_of(application, now) if line.is_faulty]
    return Standing(history_of(application), faulty)


def present_stay(tenant: Tenant) -> Stay | None:
    return Stay.objects.present().filter(tenant=tenant).first()


def is_suspended(tenant: Tenant) -> bool:
    """Whether the organisation's rights rest: apps that book or give seats ask before they do."""
    return Stay.objects.filter(tenant=tenant, state=StayState.SUSPENDED).exists()
