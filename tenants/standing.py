"""Whether an organisation is in the park, has left and only reads, or is closed.

``Tenant.left_at`` says when it left. From then on its people read for ``READ_ONLY``; afterwards
its addresses answer as those of an organisation one does not belong to
(``tenants.queries.current_memberships``).

Who writes for an organisation holds its standing: a lock shared by all who write. Whoever ends
its stay takes the same lock alone, so that what is being written is there and can be counted
before it leaves, and whoever comes later finds it gone. A lock on the organisation's row would
need a right to change organisations, which the portal's role does not have, and would wait for
every foreign key that is being checked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError, WrongState
from tenants.models import Tenant

READ_ONLY = timedelta(days=settings.READ_ONLY_DAYS_AFTER_LEAVING)

KEY = "hashtextextended('tenants.standing', %s)"
HOLD = f"select pg_advisory_xact_lock_shared({KEY})"
TAKE = f"select pg_advisory_xact_lock({KEY})"
# Longer than a page takes. A job that writes for longer is an open item of the exit check.
PATIENCE = "set local lock_timeout = '5s'"
NO_HURRY = "set local lock_timeout to default"

ALLOWED = "allowed_after_leaving"


class HasLeft(DomainError):
    """The organisation has left the park; nothing is written for it any more."""

    code = "organisation_left"
    status = 403
    message = _(
        "This organisation has left the park: nothing can be changed here any more. What is "
        "there can be read and taken along until the accounts are closed."
    )


class StillWriting(WrongState):
    """Something is being written for the organisation at this moment."""

    code = "still_writing"
    message = _("Something is being written for this organisation right now. Try again shortly.")


def read_only_until(tenant: Tenant) -> datetime | None:
    """When the accounts of an organisation that left are closed; None while it is in the park."""
    return tenant.left_at + READ_ONLY if tenant.left_at else None


def closed_by(now: datetime) -> datetime:
    """Organisations that left at this moment or before are closed now."""
    return now - READ_ONLY


def is_closed(tenant: Tenant, now: datetime) -> bool:
    return tenant.left_at is not None and tenant.left_at <= closed_by(now)


def hold(tenant_id: int) -> None:
    """Until the transaction ends, nobody ends the organisation's stay. Waits for whoever does."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [tenant_id])


def require_present(tenant_id: int) -> None:
    """Hold the organisation's standing to write for it; raises HasLeft.

    Locks are taken container first: call this before any row is locked.
    """
    hold(tenant_id)
    # A statement of its own, which sees what whoever held the lock has committed.
    if Tenant.objects.filter(pk=tenant_id, left_at__isnull=False).exists():
        raise HasLeft


def stop_writing(tenant_id: int) -> None:
    """Wait for whoever writes for the organisation, and let nobody begin until the end of the
    transaction. Raises StillWriting after five seconds."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(PATIENCE)
            cursor.execute(TAKE, [tenant_id])
            cursor.execute(NO_HURRY)
    except OperationalError as error:
        raise StillWriting from error


def allowed_after_leaving(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view of the portal that writes even for an organisation that has left."""
    setattr(view, ALLOWED, True)
    return view


def require_may_write(request: Any, view: Callable[..., Any]) -> None:
    """For an unsafe request of an organisation's page; raises HasLeft.

    Pages of the staff site are the park's own, which never leaves.
    """
    actor = getattr(request, "actor", None)
    if actor is None or actor.is_staff or request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if not getattr(view, ALLOWED, False):
        require_present(actor.tenant_id)


def days_left(tenant: Tenant, now: datetime | None = None) -> int:
    """Whole days for which the accounts still open; 0 on the last one."""
    until = read_only_until(tenant)
    return max((until - (now or timezone.now())).days, 0) if until else 0
