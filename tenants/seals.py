"""Seals on the trail: whoever edits, removes or slips in an entry later is found out.

A seal is a keyed hash over some of an organisation's entries and over the seal before. The key is
the portal's, so that not even the owner of the tables can make one. Made by the scheduler and not
with each entry: inserting takes no lock. What is younger than ``UNSETTLED`` waits, since entries
of a transaction that still runs are numbered and not yet there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.crypto import constant_time_compare, salted_hmac

from tenants.models import TrailEntry, TrailSeal

SALT = "tenants.seals"
AT_ONCE = 1_000
# Below every number: one that was slipped in before the first entry is covered too.
BEGINNING = -(2**63)
# Twice as long as any transaction of ours lasts: tasks are stopped after half an hour.
UNSETTLED = timedelta(hours=2)
# Beat seals every hour; an entry without a seal for so long is a finding.
OVERDUE = timedelta(hours=26)

# jsonb writes the same values in the same way, whatever the session's settings.
DIGEST = """
with entries as (
  select id, jsonb_build_array(id, tenant_id, extract(epoch from at), user_id, key_id, action,
    "table", row_id, before, after, reason, request_id)::text as line
  from tenants_trailentry
  where tenant_id = %(tenant)s and id > %(after)s and id <= %(last)s
  order by id limit %(limit)s)
select count(*), max(id), encode(sha256(convert_to(string_agg(line, E'\\n' order by id), 'UTF8')), 'hex')
from entries
"""

LOCK = "select pg_try_advisory_xact_lock(hashtextextended('tenants.seals', %s))"


@dataclass(frozen=True, slots=True)
class Broken:
    """Something between two numbers of the trail is not as it was sealed."""

    after_id: int
    last_id: int
    reason: str

    def __str__(self) -> str:
        begins = "" if self.after_id == BEGINNING else f"{self.after_id + 1} "
        return f"entries {begins}to {self.last_id}: {self.reason}"


def seal(tenant_id: int, now: datetime) -> TrailSeal | None:
    """Seal what has settled, inside a transaction as the organisation; gives the newest seal made.

    None when nothing was to be sealed, or another process is at it.
    """
    if not _is_alone(tenant_id):
        return None
    before = _newest(tenant_id)
    last, made = _settled(tenant_id, before.last_id, now - UNSETTLED), None
    while before.last_id < last:
        made = before = _sealed(before, last, now)
    return made


def _is_alone(tenant_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [tenant_id])
        return cursor.fetchone()[0]


def _sealed(before: TrailSeal, last: int, now: datetime) -> TrailSeal:
    """The next seal: over a thousand entries, or what there is up to ``last``."""
    count, last_id, digest = _digest(before.tenant_id, before.last_id, last, AT_ONCE)
    made = TrailSeal(
        tenant_id=before.tenant_id,
        after_id=before.last_id,
        last_id=last_id,
        entries=count,
        sealed_at=now,
    )
    made.seal = _sign(_secrets()[0], made, before.seal, digest)
    made.save(force_insert=True)
    return made


def broken(tenant_id: int, now: datetime) -> Iterator[Broken]:
    """What does not fit its seal any more, oldest first; inside a transaction as the organisation."""
    before = _beginning(tenant_id)
    for made in TrailSeal.objects.filter(tenant_id=tenant_id).order_by("after_id", "pk").iterator():
        if reason := _fault(made, before):
            yield Broken(made.after_id, made.last_id, reason)
        before = made
    overdue = _settled(tenant_id, before.last_id, now - OVERDUE)
    if overdue > before.last_id:
        yield Broken(before.last_id, overdue, "not sealed, or the seal is gone")


def _fault(made: TrailSeal, before: TrailSeal) -> str:
    if made.after_id != before.last_id:
        return f"the seal before it is gone, which ended at {made.after_id}"
    count, _last, digest = _digest(made.tenant_id, made.after_id, made.last_id, made.entries + 1)
    signs = (_sign(secret, made, before.seal, digest) for secret in _secrets())
    if any(constant_time_compare(made.seal, sign) for sign in signs):
        return ""
    if count != made.entries:
        return f"{made.entries} were sealed and {count} are there"
    return "an entry, or the seal, was changed"


def _newest(tenant_id: int) -> TrailSeal:
    made = TrailSeal.objects.filter(tenant_id=tenant_id).order_by("-after_id").first()
    return made or _beginning(tenant_id)


def _beginning(tenant_id: int) -> TrailSeal:
    """Before the first seal."""
    return TrailSeal(tenant_id=tenant_id, last_id=BEGINNING)


def _settled(tenant_id: int, after_id: int, moment: datetime) -> int:
    """The newest entry of those that are older than ``moment``, ``after_id`` for none."""
    old = TrailEntry.objects.filter(tenant_id=tenant_id, pk__gt=after_id, at__lt=moment)
    return old.order_by("-pk").values_list("pk", flat=True).first() or after_id


def _digest(tenant_id: int, after_id: int, last_id: int, limit: int) -> tuple[int, int, str]:
    values = {"tenant": tenant_id, "after": after_id, "last": last_id, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(DIGEST, values)
        return cursor.fetchone()


def _sign(secret: str, made: TrailSeal, before: str, digest: str | None) -> str:
    said = f"{made.tenant_id}:{made.after_id}:{made.last_id}:{made.entries}:{before}:{digest}"
    return salted_hmac(SALT, said, secret=secret, algorithm="sha256").hexdigest()


def _secrets() -> list[str]:
    """The one that signs, then those that earlier seals may have been made with."""
    return [settings.TRAIL_KEY or settings.SECRET_KEY, *_earlier()]


def _earlier() -> list[str]:
    current = [settings.SECRET_KEY] if settings.TRAIL_KEY else []
    return [*current, *settings.SECRET_KEY_FALLBACKS]
