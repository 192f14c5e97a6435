"""From an uploaded roster to the register: stored, looked at, put in as one piece."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.operations.documents import delete_document, nothing_left_behind, store_document
from foundation.actors import Actor
from foundation.errors import DomainError, WrongState
from foundation.operations import operation
from foundation.tables.encodings import EncodingUndecided
from learners.consent_text import CURRENT
from learners.models import Consent, ConsentWay, Learner, RosterUpload
from learners.roster.plan import Plan, Row, Verdict, make_plan
from learners.roster.reading import LARGEST_BYTES, open_roster, settle_reading
from learners.rules import require_keeper, take_turn
from learners.values import FIELDS

PURPOSE = "learners.roster"
KEPT_DAYS = 30
BATCH = 500


@operation
def upload_roster(*, actor: Actor, now: datetime, file: IO[bytes] | Any, name: str) -> RosterUpload:
    """Keep a file of learners for a look; the register stays as it is.

    Where the bytes leave the encoding open the upload waits for a choice. Raises NotPermitted,
    DomainError ``no_university``, InvalidInput for a file that is empty, too large, no table,
    without the needed columns or with too many rows; nothing of it stays, its bytes included.
    """
    require_keeper(actor)
    with nothing_left_behind():
        document = store_document(
            actor=actor,
            now=now,
            file=file,
            name=name,
            purpose=PURPOSE,
            limit=LARGEST_BYTES,
            expires_on=timezone.localdate(now) + timedelta(days=KEPT_DAYS),
        )
        upload = RosterUpload(
            tenant_id=actor.tenant_id,
            document=document,
            name=document.name,
            created_by_id=actor.user_id,
            created_at=now,
        )
        try:
            settle_reading(upload)
        except EncodingUndecided:
            upload.encoding = ""
        upload.save(force_insert=True)
    return upload


@operation
def read_roster_as(
    *, actor: Actor, now: datetime, upload: RosterUpload, encoding: str = "", sheet: str = ""
) -> RosterUpload:
    """Say how the file is to be read. Raises NotPermitted, WrongState once it was put in,
    InvalidInput where it cannot be read so."""
    require_keeper(actor)
    own = _locked(actor, upload)
    own.encoding, own.sheet = encoding or own.encoding, sheet or own.sheet
    settle_reading(own)
    own.save(update_fields=["encoding", "sheet"])
    return own


@operation
def apply_roster(
    *,
    actor: Actor,
    now: datetime,
    upload: RosterUpload,
    seen: str,
    only_good: bool = False,
    declares_consent: bool = False,
) -> RosterUpload:
    """Put the file into the register: all its rows or, with ``only_good``, those without fault.

    ``seen`` is the digest of the plan that was looked at. With ``declares_consent`` the
    university declares it for everybody in the file who has not given it and did not take it
    back. The same file again changes nothing. Raises NotPermitted, WrongState where it was put
    in already, DomainError ``roster_changed`` where the register has changed since the look and
    ``rows_wrong`` where all rows were asked for and one is wrong, InvalidInput.
    """
    require_keeper(actor)
    take_turn(actor)
    own = _locked(actor, upload)
    with open_roster(own) as table:
        plan = make_plan(actor, table, timezone.localdate(now))
    _require(plan, seen, only_good)
    _add(actor, now, plan.of(Verdict.NEW))
    _correct(actor, plan.of(Verdict.CHANGED))
    declared = _declare(actor, now, plan) if declares_consent else 0
    own.applied_at, own.result = now, {**plan.counts, "consents": declared}
    own.save(update_fields=["applied_at", "result"])
    return own


@operation
def discard_roster(*, actor: Actor, now: datetime, upload: RosterUpload) -> None:
    """Forget an upload and its file. Raises NotPermitted, WrongState once it was put in."""
    require_keeper(actor)
    own = _locked(actor, upload)
    own.delete()
    if own.document is not None:
        delete_document(actor=actor, now=now, document=own.document)


def _require(plan: Plan, seen: str, only_good: bool) -> None:
    if plan.digest != seen:
        raise DomainError(
            _("The register has changed since you looked. This is what the file does now."),
            code="roster_changed",
        )
    if (wrong := plan.counts["wrong"]) and not only_good:
        raise DomainError(
            _("Wrong rows: %(count)s. You chose all rows or none, so nothing was changed."),
            code="rows_wrong",
            params={"count": wrong},
        )


def _add(actor: Actor, now: datetime, rows: list[Row]) -> None:
    learners = [
        Learner(tenant_id=actor.tenant_id, created_at=now, **_without_blanks(row)) for row in rows
    ]
    Learner.objects.bulk_create(learners, batch_size=BATCH)


def _correct(actor: Actor, rows: list[Row]) -> None:
    """Locked in the order of their keys, with the values as they are by now."""
    wanted = {row.learner.pk: _without_blanks(row) for row in rows if row.learner}
    own = Learner.objects.visible_to(actor).filter(pk__in=wanted).order_by("pk")
    learners = list(own.select_for_update(no_key=True))
    for learner in learners:
        for name, value in wanted[learner.pk].items():
            setattr(learner, name, value)
    Learner.objects.bulk_update(learners, FIELDS, batch_size=BATCH)


def _without_blanks(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.values.items() if value}


def _declare(actor: Actor, now: datetime, plan: Plan) -> int:
    rows = plan.of(Verdict.NEW, Verdict.CHANGED, Verdict.SAME)
    numbers = [row.values["number"] for row in rows]
    own = Learner.objects.visible_to(actor).without_consent()
    waiting = own.filter(number__in=numbers, consents=None)
    consents = [
        Consent(
            tenant_id=actor.tenant_id,
            learner=learner,
            version=CURRENT,
            way=ConsentWay.DECLARED,
            given_at=now,
            declared_by_id=actor.user_id,
        )
        for learner in waiting.order_by("pk")
    ]
    return len(Consent.objects.bulk_create(consents, batch_size=BATCH))


def _locked(actor: Actor, upload: RosterUpload) -> RosterUpload:
    found = RosterUpload.objects.visible_to(actor).select_related("document")
    own = found.select_for_update(of=("self",), no_key=True).get(pk=upload.pk)
    if own.is_applied:
        raise WrongState(_("This file was put into the register already."), code="applied")
    return own
