"""The park's check of an application: taken, its documents marked, returned or declined."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.operations import operation
from residency.admission_rules import findings, missed
from residency.checklist import OPEN_MARKS
from residency.letters import tell_applicant
from residency.models import Application, ApplicationDocument, ApplicationState, Mark
from residency.operations.applying import close
from residency.operations.leads import follow_application, lead_of, refuse_stranger
from residency.permissions import permissions
from tenants.models import User

UNTAKEN = frozenset({ApplicationState.APPLYING, ApplicationState.SUBMITTED})


@operation
def take_application(*, actor: Actor, now: datetime, application: Application) -> Application:
    """Begin to check a submitted application: it is the actor's now, the rules are asked.

    An application that came without a lead gets one. Raises NotPermitted, WrongState when
    somebody else took it first.
    """
    permissions.require(actor, "check_applications")
    found = locked(actor, application)
    found.move_to(ApplicationState.CHECKING)
    found.handler_id = actor.user_id
    found.findings = findings(found, timezone.localdate(now))
    if found.lead is None and actor.user_id:
        found.lead = lead_of(actor=actor, now=now, application=found, owner_id=actor.user_id)
    found.save(update_fields=["state", "handler", "findings", "lead"])
    return found


@operation
def hand_over_application(
    *, actor: Actor, now: datetime, application: Application, handler_id: int
) -> Application:
    """Another member of the staff goes on with it. Raises NotPermitted, WrongState when it is
    over or waits to be taken, InvalidInput for somebody who is not of the park's staff."""
    permissions.require(actor, "check_applications")
    found = locked(actor, application)
    if not found.is_open or found.state in UNTAKEN:
        raise WrongState
    refuse_stranger(actor, User.objects.get(pk=handler_id), "handler")
    found.handler_id = handler_id
    found.save(update_fields=["handler"])
    return found


@operation
def mark_documents(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    marks: Mapping[int, tuple[str, str]],
) -> Application:
    """Mark lines of the checklist: by key of the line the mark and, where faulty, the reason.

    Lines that stay as they are keep who marked them. Raises NotPermitted, WrongState unless it
    is being checked, and DomainErrors of the table: complete needs a file, faulty a reason.
    """
    permissions.require(actor, "check_applications")
    found = locked(actor, application)
    if found.state != ApplicationState.CHECKING:
        raise WrongState
    for row in found.documents.select_for_update().filter(pk__in=marks):
        _mark(actor, now, row, *marks[row.pk])
    return found


@operation
def return_application(
    *, actor: Actor, now: datetime, application: Application, note: str
) -> Application:
    """Back to the applicant for completion; the clock stands still until it comes back.

    Raises NotPermitted, WrongState unless it is submitted or being checked, InvalidInput
    without a note.
    """
    permissions.require(actor, "check_applications")
    found = locked(actor, application)
    found.move_to(ApplicationState.RETURNED)
    if not note.strip():
        raise InvalidInput(fields={"note": _("Say what is to be completed.")})
    found.returned_at, found.return_note = now, note.strip()
    found.handler_id = found.handler_id or actor.user_id
    found.save(update_fields=["state", "returned_at", "return_note", "handler"])
    tell_applicant(
        actor=actor,
        now=now,
        application=found,
        template="returned",
        key=f"returned:{now.isoformat()}",
        context={"note": found.return_note},
    )
    return found


@operation
def decline_unreviewed(
    *, actor: Actor, now: datetime, application: Application, reason: str
) -> Application:
    """Decline it before any review, with the reason the applicant is told.

    Whoever checks may where a blocking admission rule is not met, whoever decides always.
    Raises NotPermitted, WrongState unless it is being checked, InvalidInput without a reason.
    """
    permissions.require(actor, "check_applications")
    found = locked(actor, application)
    if found.state != ApplicationState.CHECKING:
        raise WrongState
    if not missed(found.findings):
        permissions.require(actor, "decide")
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Say why it is declined.")})
    found.move_to(ApplicationState.REJECTED)
    found.decision_reason, found.decided_at, found.closed_at = reason.strip(), now, now
    found.decided_by_id = actor.user_id
    found.save()
    tell_applicant(
        actor=actor,
        now=now,
        application=found,
        template="declined",
        key="declined",
        context={"reason": found.decision_reason},
    )
    follow_application(actor=actor, now=now, application=found)
    return found


@operation
def close_unanswered(
    *, actor: Actor, now: datetime, application: Application, reason: str
) -> Application:
    """Close one that was returned and never came back. Raises NotPermitted, WrongState unless it
    is returned, InvalidInput without a reason."""
    permissions.require(actor, "check_applications")
    found = locked(actor, application)
    if found.state != ApplicationState.RETURNED:
        raise WrongState
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Say why it is closed.")})
    close(found, now, reason.strip())
    tell_applicant(
        actor=actor,
        now=now,
        application=found,
        template="closed",
        key="closed",
        context={"reason": found.closing_reason},
    )
    follow_application(actor=actor, now=now, application=found)
    return found


@operation
def send_link_again(*, actor: Actor, now: datetime, application: Application) -> Application:
    """Mail the applicant the link once more, at most once an hour. Raises NotPermitted,
    WrongState when it is over."""
    permissions.require(actor, "check_applications")
    found = locked(actor, application)
    if not found.is_open:
        raise WrongState
    tell_applicant(
        actor=actor,
        now=now,
        application=found,
        template="link",
        key=f"link:{now:%Y-%m-%dT%H}",
    )
    return found


def locked(actor: Actor, application: Application) -> Application:
    """As it is now, under a lock; to the park's staff alone."""
    visible = Application.objects.filter(tenant_id=actor.tenant_id)
    return visible.select_for_update().get(pk=application.pk)


def _mark(actor: Actor, now: datetime, row: ApplicationDocument, mark: str, reason: str) -> None:
    reason = reason.strip() if mark in OPEN_MARKS else ""
    if (row.mark, row.reason) == (mark, reason):
        return
    row.mark, row.reason = mark, reason
    is_marked = mark != Mark.UNCHECKED
    row.marked_by_id, row.marked_at = (actor.user_id, now) if is_marked else (None, None)
    row.save(update_fields=["mark", "reason", "marked_by", "marked_at"])
