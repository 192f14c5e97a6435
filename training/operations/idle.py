"""Idle hours of a space: to students when nobody took them, back when a resident does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from backbone.events import Event
from backbone.models import OutboxMessage
from backbone.operations import enqueue
from backbone.recording import changed, saved
from foundation.actors import Actor
from foundation.errors import WrongState
from foundation.operations import operation
from spaces.operations.making_room import Taken
from tenants.isolation.context import STAFF, Identity, across_tenants, enter, enter_tenant
from tenants.models import Tenant
from training.models import IdleRule, Seat, SeatState, Session, SessionDate, SessionState
from training.operations.dates import add_date
from training.operations.rows import locked
from training.operations.sessions import add_session, cancel_session, open_session
from training.operations.telling import tell
from training.permissions import permissions

TAKEN_BACK = "training.taken_back"
WHY = "A resident needs the space / 入驻企业需要使用该空间"
OWN = gettext_noop("the park's own message about a session")
Span = tuple[datetime, datetime]


@operation
def keep_idle_rule(
    *, actor: Actor, now: datetime, rule: IdleRule | None = None, **values: Any
) -> IdleRule:
    """Add one, or change ``rule``. Sessions that were made by it stay as they are.

    Raises NotPermitted, WrongState for one that has ended, the refusals of its constraints.
    """
    permissions.require(actor, "manage_sessions")
    if rule is None:
        return saved(IdleRule(**values), {})
    own = IdleRule.objects.get(pk=rule.pk)
    if own.ended_at is not None:
        raise WrongState
    return changed(own, values)


@operation
def end_idle_rule(*, actor: Actor, now: datetime, rule: IdleRule) -> IdleRule:
    """From now on these hours stay empty. Raises NotPermitted, WrongState."""
    permissions.require(actor, "manage_sessions")
    own = IdleRule.objects.get(pk=rule.pk)
    if own.ended_at is not None:
        raise WrongState
    return changed(own, {"ended_at": now})


def release_all(now: datetime) -> int:
    """Put to use what is free by every rule, each in a transaction of its own; gives how many
    sessions came of it."""
    with enter(Identity(STAFF)):
        rules = list(IdleRule.objects.in_force().select_related("space", "course"))
        if not rules:
            return 0
        park = Tenant.objects.operator()
    actor = Actor(user_id=None, tenant_id=park.pk, is_staff=True)
    made = 0
    for rule in rules:
        for span in rule.due(now):
            with enter(Identity(STAFF, park.pk)):
                made += release(actor=actor, now=now, rule=rule, span=span) is not None
    return made


def release(*, actor: Actor, now: datetime, rule: IdleRule, span: Span) -> Session | None:
    """A session for practice in these hours, open at once; None where it was made already or the
    space is not free. Whoever waits for a seat of the course is told. Raises NotPermitted."""
    if Session.objects.filter(code=_code(rule, span)).exists():
        return None
    try:
        session = _practice(actor=actor, now=now, rule=rule, span=span)
    except Taken:
        return None
    _tell_who_waits(session, now)
    return session


@operation
def _practice(*, actor: Actor, now: datetime, rule: IdleRule, span: Span) -> Session:
    start, end = span
    until = rule.takeback_until(start)
    session = add_session(
        actor=actor,
        now=now,
        code=_code(rule, span),
        course=rule.course,
        name_zh=f"{rule.course.name_zh}（闲置时段练习）",
        name_en=f"{rule.course.name_en or rule.course.name_zh} (practice in idle hours)",
        capacity=rule.seats,
        opens_at=now,
        closes_at=start,
        cancel_until=until,
        hold_until=until,
    )
    add_date(
        actor=actor, now=now, session=session, starts_at=start, ends_at=end, space=rule.space,
        yields_until=until,
    )  # fmt: skip
    return open_session(actor=actor, now=now, session=session)


def _code(rule: IdleRule, span: Span) -> str:
    """One session for these hours of a day, however often the rules are looked at."""
    return f"idle-{rule.pk}-{timezone.localtime(span[0]):%Y%m%d}"


def _tell_who_waits(session: Session, now: datetime) -> None:
    waiting = Seat.objects.filter(session__course=session.course, state=SeatState.WAITLISTED)
    found = list(waiting.order_by("tenant", "pk"))
    for tenant_id in sorted({seat.tenant_id for seat in found}):
        with enter_tenant(tenant_id):
            own = [seat for seat in found if seat.tenant_id == tenant_id]
            tell(tenant_id, now, session, own, "idle")


def take_back(actor: Actor, now: datetime, event: Event) -> None:
    """A resident has the space now: what it was lent for is called off once that is certain, in a
    transaction of its own, since this one holds locks that come after the session's."""
    if event.facts["source_type"] != SessionDate._meta.label_lower:
        return
    date_id = event.facts["source_id"]
    with across_tenants(OWN), enter_tenant(event.tenant_id):
        enqueue(
            actor=Actor(user_id=None, tenant_id=event.tenant_id), now=now, kind=TAKEN_BACK,
            payload={"date": date_id}, key=f"taken-back:{date_id}",
        )  # fmt: skip


def call_off(message: OutboxMessage) -> None:
    """What the message of :func:`take_back` does: the session is cancelled, whoever booked told."""
    date = SessionDate.objects.select_related("session").get(pk=message.payload["date"])
    actor = Actor(user_id=None, tenant_id=message.tenant_id, is_staff=True)
    now = timezone.now()
    with enter(Identity(STAFF, message.tenant_id)):
        session = locked(date.session, now)
        if session.state == SessionState.CANCELLED:
            return
        cancel_session(actor=actor, now=now, session=session, reason=WHY)
