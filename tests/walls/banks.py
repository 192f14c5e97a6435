"""The park's bank account and files of its bank: one that waits, one that was taken, one to take."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from backbone.models import Job
from banking.models import StatementLine
from banking.operations.accounts import keep_account
from banking.operations.files import read_statement, upload_statement
from foundation.actors import Actor
from reconciliation.operations.aside import park_unidentified, set_aside
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership
from tests.banking.making import IBAN, camt, fact


def build(lead: Membership, now: datetime) -> None:
    """Without a mark: no organisation has a part in them. The newest file is one that can be taken."""
    known: Any = {"actor": lead.actor(is_staff=True), "now": now}
    system = Actor(user_id=None, tenant_id=lead.tenant_id)
    with enter(Identity(STAFF, lead.tenant_id, lead.user_id)):
        keep_account(holder="园区", number=IBAN, bank="Bank", currency="EUR", **known)
        for number, take in enumerate((None, True, False), 1):
            facts = [fact("5.00", number, name="Payer", text="Text")]
            if take:
                facts += [fact("6.00", number, name="Payer", text="More"), fact("7.00", number)]
            content = camt(facts, number=number)
            own = upload_statement(file=BytesIO(content), name=f"bank-{number}.xml", **known)
            if take is not None:
                read_statement(actor=system, now=now, file_id=own.pk, take=take)
        _dealt_with(known)
        # What their workers would have done is done.
        Job.objects.filter(kind="banking.read_statement", payload__file_id__gt=0).delete()


def _dealt_with(known: Any) -> None:
    """Of one line nobody knows the payer, one is set aside; one is open."""
    first, second, _open = StatementLine.objects.order_by("amount", "pk")
    park_unidentified(line=first, **known)
    set_aside(line=second, reason="own", **known)
