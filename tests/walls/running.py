"""The park's run of bills, its terms and a tax rate."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from backbone.models import Job
from billing.models import Invoice, InvoiceRun
from billing.operations import run_work, runs
from billing.operations.terms import add_tax_rate, add_terms
from foundation.actors import Actor
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership


def build(lead: Membership, now: datetime) -> None:
    """Without a mark: a run of which nothing was due, so that the charges of organisations are on no
    bill by it; and terms that are older than any bill."""
    today = timezone.localdate(now)
    long_ago = today - timedelta(days=700)
    system = Actor(user_id=None, tenant_id=lead.tenant_id)
    with enter(Identity(STAFF, lead.tenant_id, lead.user_id)):
        actor = lead.actor(is_staff=True)
        add_terms(actor=actor, now=now, valid_from=long_ago)
        add_tax_rate(
            actor=actor,
            now=now,
            kind="late",
            valid_from=long_ago,
            percent=Decimal(6),
            source="税法",
        )
        run = runs.begin_run(actor=actor, now=now, upto=long_ago, issue_on=today)
        run_work.end_gathering(actor=system, now=now, run_id=run.pk)
        # What its worker would have done is done.
        Job.objects.filter(kind=runs.GATHER).delete()


def run_at_work(state: str) -> InvoiceRun:
    """That run, as if it were being gathered, or issued with every draft that there is."""
    with enter(Identity(STAFF)):
        run = InvoiceRun.objects.get()
        drafts = Invoice.objects.filter(state="draft")
        run.upto, run.state = run.issue_on, state
        run.planned = drafts.update(run=run) if state == "issuing" else 0
        run.save()
    return run
