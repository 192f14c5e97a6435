"""Tasks open and close with the events that they follow; a few are closed by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.events import Event
from foundation.actors import Actor
from foundation.errors import WrongState
from foundation.operations import operation
from residency.models import Stay, Task
from residency.permissions import permissions
from residency.tasks import KINDS, TaskKind, kind_of

BY_HAND = "by hand"
BEFORE = "before it opened"


@operation
def follow(*, actor: Actor, now: datetime, event: Event) -> None:
    """Open and close what this event opens and closes for the organisation's present stay."""
    stay = Stay.objects.present().filter(tenant_id=event.tenant_id).first()
    if stay is None:
        return
    _close(stay, event, now)
    for kind in KINDS.values():
        if kind.opened_by == event.kind and stay.kind in kind.kinds:
            _open(stay, kind, now)


def follow_event(actor: Actor, now: datetime, event: Event) -> None:
    """``follow`` as ``backbone.events`` calls it."""
    follow(actor=actor, now=now, event=event)


@operation
def close_task(*, actor: Actor, now: datetime, task: Task) -> Task:
    """Something of the real world is done. Raises NotPermitted, WrongState when it is closed
    already or closes by an event."""
    permissions.require(actor, "close_tasks")
    locked = Task.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=task.pk)
    kind = kind_of(locked.code)
    if kind is None or not kind.is_by_hand:
        raise WrongState(_("This task closes by itself when it is done."), code="closes_itself")
    if locked.closed_at is not None:
        raise WrongState
    locked.closed_at, locked.closed_by_event = now, BY_HAND
    locked.closed_by_id = actor.user_id
    locked.save(update_fields=["closed_at", "closed_by_event", "closed_by"])
    return locked


def _open(stay: Stay, kind: TaskKind, now: datetime) -> None:
    done = kind.is_done(stay)
    task = Task(
        tenant_id=stay.tenant_id,
        stay=stay,
        code=kind.code,
        opened_at=now,
        due_on=timezone.localdate(now) + timedelta(days=kind.due_days),
        closed_at=now if done else None,
        closed_by_event=BEFORE if done else "",
    )
    Task.objects.bulk_create([task], ignore_conflicts=True)


def _close(stay: Stay, event: Event, now: datetime) -> None:
    codes = [
        kind.code for kind in KINDS.values() if event.kind in kind.closed_by and kind.counts(event)
    ]
    if codes:
        open_ = Task.objects.open().filter(stay=stay, code__in=codes)
        open_.update(closed_at=now, closed_by_event=event.kind)
