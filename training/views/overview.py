"""The coordinator's first page: seats, what waits, sessions, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from backbone.waiting import work_of
from foundation.actors import Actor
from foundation.errors import Sentence
from foundation.home import address_of
from foundation.refs import ref_of
from training.figures import Figures, figures_of
from training.models import SeatAgreement, Session
from training.own_home import sources
from training.permissions import permissions
from training.queries import (
    LISTS,
    current_agreements,
    offers_of,
    past_with_seats,
    seats_in,
    seats_of,
    sessions_with_seats,
)

FUNNEL = ("booked", "attended", "certified")
WAITING = ("offered", "waiting", "requested")
PAST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Number:
    """A count and the name of the list that it opens."""

    which: str
    label: Sentence
    count: int


@dataclass(frozen=True, slots=True)
class Account:
    """An agreement in force, and of its held seats the blank ones and when they lapse."""

    agreement: SeatAgreement
    ref: str
    figures: Figures
    blank: int
    lapses_at: datetime | None


@require_GET
def overview(request: Any) -> HttpResponse:
    permissions.require(request.actor, "see_training")
    actor, now = request.actor, timezone.now()
    sessions = list(sessions_with_seats(actor))
    context = {
        "accounts": _accounts(actor, now),
        "work": _work(request, now),
        "waiting": [_number(actor, which, now) for which in WAITING],
        "funnel": [_number(actor, which, now) for which in FUNNEL],
        "offers": _with_own(actor, offers_of(request.tenant, sessions, now), now),
        "past": _past(actor, now),
        "may_book": permissions.permits(actor, "book_seats"),
    }
    return render(request, "training/overview.html", context)


def _accounts(actor: Actor, now: datetime) -> list[Account]:
    if not permissions.permits(actor, "see_agreements"):
        return []
    own = current_agreements(actor, now)
    figures = figures_of([each.pk for each in own], now)
    found = []
    for each in own:
        blank = seats_of(actor, "blank", now).filter(agreement=each)
        lapses_at = blank.aggregate(at=Min("hold_expires_at"))["at"]
        ref = ref_of(each.pk, "seat_agreement")
        found.append(Account(each, ref, figures[each.pk], blank.count(), lapses_at))
    return found


def _work(request: Any, now: datetime) -> list[dict[str, Any]]:
    """As the home page has it; of this app alone."""
    where = {"tenant": request.tenant.slug}
    if request.tenant.left_at is not None:
        return []
    return [
        {
            "title": item.title,
            "action": item.action,
            "url": address_of(item.to, where),
            "due_at": item.due_at,
            "late": False,
        }
        for item in work_of(request.actor, sources(actor=request.actor, now=now))
    ]


def _number(actor: Actor, which: str, now: datetime) -> Number:
    return Number(which, LISTS[which], seats_of(actor, which, now).count())


def _with_own(actor: Actor, offers: list[Any], now: datetime) -> list[tuple[Any, int]]:
    own = seats_in(actor, [offer.session for offer in offers], now)
    return [(offer, own.get(offer.session.pk, 0)) for offer in offers]


def _past(actor: Actor, now: datetime) -> list[tuple[Session, int, int]]:
    sessions = list(past_with_seats(actor)[:PAST_SHOWN])
    own = seats_in(actor, sessions, now)
    came = seats_in(actor, sessions, now, came=True)
    return [(each, own.get(each.pk, 0), came.get(each.pk, 0)) for each in sessions]
