"""Leases, handovers and charges of one organisation, told in marked words.

Made as rows: most are written by the park's staff, and each organisation needs one in every state
that somebody could ask for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils import timezone

from backbone.models import Document
from backbone.operations import store_document
from billing.models import Charge
from foundation.actors import Actor
from leasing.models import Handover, HandoverLine, Lease, LeaseStep, LeaseUnit, Settlement
from leasing.operations.papers import PURPOSE
from spaces.models import Space
from tenants.models import User
from tests.walls.marks import ALL, Mark


class Letting:
    def __init__(self, mark: Mark, actor: Actor, now: datetime) -> None:
        self.word, self.actor, self.now = mark.word, actor, now
        self.today = timezone.localdate(now)
        self.unit = Space.objects.get(code=f"U{ALL.index(mark)}")
        # Nobody approves what they have drafted.
        self.approver = User.objects.get(pk=actor.user_id)
        self.paper = self._paper()

    def _paper(self) -> Document:
        return store_document(
            actor=self.actor,
            now=self.now,
            file=BytesIO(f"%PDF {self.word('lease')}".encode()),
            name=f"{self.word('lease')}.pdf",
            purpose=PURPOSE,
        )

    def lease(self, state: str, **values: Any) -> Lease:
        is_signed = state in ("effective", "ending", "ended")
        last_on = self.today + timedelta(days=300)
        lease = Lease.objects.create(
            tenant_id=self.actor.tenant_id,
            number=f"{self.word('lno')[:13]}-{state[:2]}",
            state=state,
            starts_on=self.today,
            ends_on=last_on,
            last_on=last_on,
            terms=self.word("leaseterms"),
            terms_en=self.word("leaseterms"),
            first_approver=None if state == "draft" else self.approver,
            document=None if state == "draft" else self.paper,
            signed_copy=self.paper if is_signed else None,
            signed_on=self.today if is_signed else None,
            **values,
        )
        LeaseStep.objects.create(
            tenant_id=lease.tenant_id, lease=lease, kind="drafted", at=self.now,
            by_id=self.actor.user_id, said=self.word("leasestep"),
        )  # fmt: skip
        return lease

    def let(self, lease: Lease) -> None:
        LeaseUnit.objects.create(
            tenant_id=lease.tenant_id, lease=lease, space=self.unit, area=Decimal(50),
            price=Decimal(60), starts_on=lease.starts_on, ends_on=lease.ends_on,
        )  # fmt: skip

    def sheet(self, lease: Lease, kind: str, **values: Any) -> Handover:
        made = Handover.objects.create(
            tenant_id=lease.tenant_id, lease=lease, kind=kind, held_on=self.today,
            notes=self.word("sheet"), park_at=self.now, **values,
        )  # fmt: skip
        known: dict[str, Any] = {"tenant_id": lease.tenant_id, "handover": made}
        what = self.word("meter")
        HandoverLine.objects.create(kind="water", what=what, value=Decimal(1), **known)
        HandoverLine.objects.create(kind="photo", what=what, document=self.paper, **known)
        return made

    def charge(self, lease: Lease, kind: str, **values: Any) -> None:
        Charge.objects.create(
            tenant_id=lease.tenant_id, source_type="leasing.lease", source_id=lease.pk,
            period=self.today, kind=kind, what=self.word("charge"), amount=Decimal(60),
            unit_price=Decimal(60), currency="CNY", due_on=self.today, **values,
        )  # fmt: skip


def fill(mark: Mark, actor: Actor, now: datetime) -> None:
    """A draft, an ended lease with its settlement, one in force whose handover waits, one void,
    one to be signed; two charges, one of them waived."""
    letting = Letting(mark, actor, now)
    word = mark.word
    draft = letting.lease("draft")
    ended = letting.lease("ended")
    signed = letting.sheet(ended, "check_out", state="signed", alone_because=word("alone"))
    zero = dict.fromkeys(
        ("open_charges", "late_fee", "damages", "unused_rent", "rent_back", "still_owed"), 0
    )
    Settlement.objects.create(
        tenant_id=actor.tenant_id, handover=signed, currency="CNY", deposit=9, refund=9, **zero
    )
    in_force = letting.lease("effective")
    letting.let(in_force)
    letting.sheet(in_force, "move_in")
    letting.lease("void", reason=word("leasereason"))
    renews: dict[str, Any] = {"origin": "renewal", "previous": in_force}
    letting.lease("awaiting", copy_refusal=word("leasecopy"), **renews)
    # The newest unit is one that can be changed.
    letting.let(draft)
    letting.charge(in_force, "rent", state="waived", closed_on=letting.today, note=word("waived"))
    letting.charge(in_force, "deposit")
