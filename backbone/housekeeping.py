"""Removes what is not needed any more: files without a row, expired files, settled records."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from backbone.models import DemoMail, Document, Notice, OutboxMessage
from backbone.operations.documents import delete_document
from foundation.actors import Actor
from tenants.isolation.context import as_system, enter_tenant
from tenants.models import Tenant
from tenants.operations import close_accounts
from tenants.seals import seal
from tenants.sessions import forget_ended
from tenants.standing import is_closed

# Longer than any transaction that stores a file and commits it later.
ORPHAN_AFTER_SECONDS = 24 * 3600
OUTBOX_KEPT = timedelta(days=30)
NOTICES_KEPT = timedelta(days=365)
DEMO_MAIL_KEPT = timedelta(days=30)

logger = logging.getLogger(__name__)


_tidying: list[Callable[[datetime], None]] = []


def register_tidying(tidying: Callable[[datetime], None]) -> None:
    """An app's own housekeeping: called with the moment, once for each organisation, inside it."""
    _tidying.append(tidying)


def tidy() -> None:
    now = timezone.now()
    _in_each(_tidy_tenant, now)
    DemoMail.objects.filter(sent_at__lt=now - DEMO_MAIL_KEPT).delete()
    forget_ended(now)
    delete_orphans()


def seal_trail() -> None:
    """Seal each organisation's trail. The log, kept elsewhere, has the newest seal of each."""
    _in_each(_seal_tenant, timezone.now())


def _in_each(work: Callable[[int, datetime], None], now: datetime) -> None:
    """Do it inside each organisation; nobody waits for the trouble of another."""
    with as_system():
        tenant_ids = list(Tenant.objects.values_list("pk", flat=True))
    for tenant_id in tenant_ids:
        try:
            with enter_tenant(tenant_id):
                work(tenant_id, now)
        except Exception:
            logger.exception("organisation %s was left out: %s", tenant_id, work.__name__)


def _tidy_tenant(tenant_id: int, now: datetime) -> None:
    _close_accounts(tenant_id, now)
    delete_expired(tenant_id, now)
    _delete_settled(now)
    for tidying in _tidying:
        tidying(now)


def _close_accounts(tenant_id: int, now: datetime) -> None:
    tenant = Tenant.objects.get(pk=tenant_id)
    if not is_closed(tenant, now):
        return
    system = Actor(user_id=None, tenant_id=tenant_id)
    if ended := close_accounts(actor=system, now=now, tenant=tenant):
        logger.info("organisation %s is closed: %s memberships ended", tenant_id, ended)


def _seal_tenant(tenant_id: int, now: datetime) -> None:
    if made := seal(tenant_id, now):
        logger.info("trail of organisation %s, up to %s: %s", tenant_id, made.last_id, made.seal)


def delete_expired(tenant_id: int, now: datetime) -> int:
    """Delete the organisation's files whose last day is over; returns how many."""
    actor = Actor(user_id=None, tenant_id=tenant_id)
    expired = Document.objects.visible_to(actor).filter(expires_on__lt=timezone.localdate(now))
    found = list(expired)
    for document in found:
        delete_document(actor=actor, now=now, document=document)
    return len(found)


def delete_orphans(older_than: float = ORPHAN_AFTER_SECONDS) -> int:
    """Delete files that no row names and that are older than ``older_than`` seconds.

    They come from transactions that rolled back and from processes that ended in between.
    """
    limit = time.time() - older_than
    deleted = 0
    for folder in _tenant_folders():
        old = {UUID(p.name): p for p in _stored_files(folder) if p.stat().st_mtime < limit}
        with enter_tenant(int(folder.name)):
            known = _known_keys(list(old))
        for key in old.keys() - known:
            old[key].unlink(missing_ok=True)
            deleted += 1
    return deleted


def _known_keys(keys: list[UUID]) -> set[UUID]:
    named: QuerySet = Document.objects.filter(storage_key__in=keys)
    return set(named.values_list("storage_key", flat=True))


def _tenant_folders() -> Iterator[Path]:
    root = Path(settings.MEDIA_ROOT)
    if root.is_dir():
        yield from (path for path in root.iterdir() if path.is_dir() and path.name.isdecimal())


def _stored_files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        try:
            UUID(path.name)
        except ValueError:
            continue
        yield path


def _delete_settled(now: datetime) -> None:
    OutboxMessage.objects.filter(done_at__lt=now - OUTBOX_KEPT).delete()
    Notice.objects.filter(read_at__lt=now - NOTICES_KEPT).delete()
