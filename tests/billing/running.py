"""Organisations that owe something, and runs of their bills with their work done at once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from backbone.models import Job
from backbone.runner import perform
from billing.models import Charge, ChargeKind, Invoice, InvoiceRun, NumberSeries, RunState
from billing.operations import runs
from ledger.models import Voucher
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership, Tenant
from tests.spaces.making import NOW, office

TODAY = timezone.localdate(NOW)
D = Decimal


def overview() -> Any:
    return enter(Identity(STAFF))


def owed(tenants: list[Tenant], count: int = 3, **values: Any) -> list[Charge]:
    """``count`` charges of each, in one statement: a test of many would wait for their making."""
    known: dict[str, Any] = {
        "source_type": "tests.thing", "kind": ChargeKind.SERVICE, "what": "M-1",
        "unit_price": D("106"), "amount": D("106"), "tax_rate": D(6), "currency": "CNY",
        "due_on": TODAY,
    } | values  # fmt: skip
    with overview():
        return Charge.objects.bulk_create(
            Charge(tenant=tenant, source_id=n, period=TODAY + timedelta(days=n), **known)
            for tenant in tenants
            for n in range(count)
        )


def begun(lead: Membership, upto: date = TODAY, **values: Any) -> InvoiceRun:
    with office(lead) as actor:
        return runs.begin_run(actor=actor, now=NOW, upto=upto, **({"issue_on": TODAY} | values))


def stepped(operation: Any, lead: Membership, run: InvoiceRun) -> InvoiceRun:
    with office(lead) as actor:
        made: InvoiceRun = operation(actor=actor, now=NOW, run=run)
    return made


def worked(run: InvoiceRun) -> Job:
    """What a worker does with the run's job, and how that ended."""
    with overview():
        job = runs.job_of(InvoiceRun.objects.get(pk=run.pk))
    assert job is not None
    perform(tenant_id=job.tenant_id, job_id=job.pk)
    with overview():
        job.refresh_from_db()
    return job


def ready(lead: Membership, **values: Any) -> InvoiceRun:
    run = begun(lead, **values)
    assert worked(run).state == "succeeded"
    with overview():
        run.refresh_from_db()
    assert run.state == RunState.READY
    return run


def everything() -> Any:
    """All that a run writes, to show that a refusal changed nothing."""
    with overview():
        tables = (InvoiceRun, Invoice, NumberSeries, Voucher, Charge)
        return [list(model.objects.order_by("pk").values()) for model in tables]


def numbers_without_gap() -> int:
    """How many bills are issued; each organisation's own count from one, each in the books once."""
    with overview():
        issued = list(
            Invoice.objects.issued()
            .order_by("tenant_id", "series", "sequence")
            .values_list("tenant_id", "series", "sequence", "pk")
        )
        last = {(s.tenant_id, s.series): s.last for s in NumberSeries.objects.all()}
        posted = Voucher.objects.filter(source_type="billing.invoice", event="issued")
        assert sorted(posted.values_list("source_id", flat=True)) == sorted(i[3] for i in issued)
    given: dict[Any, list[int]] = {}
    for tenant_id, series, sequence, _pk in issued:
        given.setdefault((tenant_id, series), []).append(sequence)
    assert given == {key: list(range(1, end + 1)) for key, end in last.items()}
    return len(issued)
