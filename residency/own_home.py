"""What residency brings to the home page of an organisation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from backbone.waiting import Source
from foundation.actors import Actor
from foundation.home import Destination, WorkItem
from residency.board import NOTICE_DAYS
from residency.exit_check import blocking, exit_check
from residency.models import Agreement, AgreementState, Commitment, Exit, ExitState, Stay, Task
from residency.permissions import permissions
from residency.settling_home import evening, last_notice
from residency.tasks import kind_of

MOST_PROMISES = 5


def sources(*, actor: Actor, now: datetime) -> list[Source]:
    """Agreements to sign, promises, tasks, a term that runs out, and what blocks an exit."""
    # Of what this person may do; tasks are everybody's.
    found = [Source(_tasks(actor), _task)]
    if permissions.permits(actor, "upload_signed_copy"):
        found.append(Source(_to_sign(actor), _signature))
    if permissions.permits(actor, "tell_progress"):
        found.append(Source(_promises(actor, now), _promise, MOST_PROMISES))
    if permissions.permits(actor, "read_agreements"):
        ending = Stay.objects.visible_to(actor).ending_by(last_notice(now))
        found.append(Source(ending, _term))
    if permissions.permits(actor, "request_exit"):
        found.append(Source(_exits(actor), lambda row: _exit(row, now)))
    return found


def _tasks(actor: Actor) -> QuerySet[Any]:
    return Task.objects.open().visible_to(actor).order_by("due_on", "pk")


def _to_sign(actor: Actor) -> QuerySet[Any]:
    return (
        Agreement.objects.visible_to(actor)
        .filter(state=AgreementState.AWAITING, document__isnull=False, signed_copy=None)
        .order_by("pk")
    )


def _promises(actor: Actor, now: datetime) -> QuerySet[Any]:
    soon = timezone.localdate(now) + timedelta(days=NOTICE_DAYS[0])
    promised = Commitment.objects.open().filter(party__side="organisation").visible_to(actor)
    return promised.filter(due_on__lte=soon).order_by("due_on", "pk")


def _exits(actor: Actor) -> QuerySet[Any]:
    leaving = Exit.objects.visible_to(actor).filter(state=ExitState.CLEARANCE)
    return leaving.select_related("tenant")


def _task(task: Task) -> Iterable[WorkItem]:
    kind = kind_of(task.code)
    if kind is not None and kind.to is not None:
        yield WorkItem(str(kind.label), _("Do it"), kind.to, due_at=evening(task.due_on))


def _signature(agreement: Agreement) -> Iterable[WorkItem]:
    yield WorkItem(
        _("Sign the agreement “%(title)s”") % {"title": agreement.display_title},
        _("Open it"),
        Destination("residency:agreement", {"pk": agreement.pk}),
        due_at=evening(agreement.starts_on),
        note=agreement.copy_refusal,
    )


def _promise(commitment: Commitment) -> Iterable[WorkItem]:
    yield WorkItem(
        commitment.text,
        _("Tell the progress"),
        Destination("residency:progress", {"pk": commitment.pk}),
        due_at=evening(commitment.due_on),
        note=f"{commitment.progress} %",
    )


def _term(stay: Stay) -> Iterable[WorkItem]:
    yield WorkItem(
        _("Your stay in the park is until %(day)s") % {"day": stay.ends_on},
        _("See what is next"),
        Destination("residency:stay"),
        due_at=evening(stay.ends_on),
    )


def _exit(park_exit: Exit, now: datetime) -> Iterable[WorkItem]:
    if blocking(exit_check(park_exit.tenant, park_exit, now)):
        yield WorkItem(
            _("Settle what is open before you leave the park"),
            _("See the exit check"),
            Destination("residency:exit"),
            due_at=evening(park_exit.leaves_on),
        )
