"""The work of a run, bundle by bundle, each in a transaction of its own.

A bundle is done or is not: a worker that is killed leaves whole ones behind, and whoever goes on
finds by the rows what is left to do. So no number is missing and none is given twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from backbone.recording import changed
from billing.models import Charge, Invoice, InvoiceLine, InvoiceRun, RunState
from billing.operations import drafting, issuing
from billing.operations.runs import drafts_of, locked_run
from foundation.actors import Actor
from foundation.operations import operation

ORGANISATIONS = BILLS = 25


@operation
def take_up(*, actor: Actor, now: datetime, run_id: int, state: str) -> bool:
    """Whether there is work on a run that is in ``state``, or was stopped in it."""
    run = locked_run(run_id)
    if run.state == RunState.STOPPED:
        run.move_to(state)
        changed(run, {"state": state})
    return run.state == state


@operation
def stop_here(*, actor: Actor, now: datetime, run_id: int) -> None:
    """The work ended before it was done."""
    run = locked_run(run_id)
    if run.state in (RunState.GATHERING, RunState.ISSUING):
        run.move_to(RunState.STOPPED)
        changed(run, {"state": run.state})


# -- gathering ---------------------------------------------------------------------------------------


def debtors(run: InvoiceRun) -> list[int]:
    """Organisations with something to bill and no draft in the run yet, by key."""
    drafted = drafts_of(run).values("tenant_id")
    due = Charge.objects.to_bill().filter(due_on__lte=run.upto).exclude(tenant_id__in=drafted)
    return list(due.order_by("tenant_id").values_list("tenant_id", flat=True).distinct())


@operation
def gather(*, actor: Actor, now: datetime, run_id: int, tenants: Sequence[int]) -> int:
    """Drafts for these organisations, one for each series and currency; gives how many.

    Nothing when the run is not being gathered any more.
    """
    run = locked_run(run_id)
    if run.state != RunState.GATHERING:
        return 0
    papers: dict[tuple[int, str, str], list[Charge]] = defaultdict(list)
    for charge in _to_bill(run, tenants):
        papers[charge.tenant_id, *drafting.paper_of(charge)].append(charge)
    made = drafting.draft_all([papers[key] for key in sorted(papers)], run=run)
    run.planned += len(made)
    run.save(update_fields=["planned"])
    return len(made)


def _to_bill(run: InvoiceRun, tenants: Sequence[int]) -> list[Charge]:
    rows = Charge.objects.open().filter(tenant_id__in=tenants, due_on__lte=run.upto)
    locked = list(rows.select_for_update(of=("self",)).order_by("tenant_id", "period", "pk"))
    # Read after the lock, so that what somebody has drafted meanwhile is seen.
    lines = InvoiceLine.objects.filter(tenant_id__in=tenants, charge__in=locked)
    taken = set(lines.values_list("charge_id", flat=True))
    return [row for row in locked if row.pk not in taken]


@operation
def end_gathering(*, actor: Actor, now: datetime, run_id: int) -> int:
    """The run can be looked at; gives how many drafts it has."""
    run = locked_run(run_id)
    if run.state == RunState.GATHERING:
        run.move_to(RunState.READY)
        changed(run, {"state": run.state, "planned": drafts_of(run).count()})
    return run.planned


# -- issuing -----------------------------------------------------------------------------------------


@operation
def issue(*, actor: Actor, now: datetime, run_id: int, bills: Sequence[int]) -> int:
    """Issue these drafts of the run, all or none; gives how many.

    Nothing when the run is not being issued any more. Raises what issuing raises.
    """
    run = locked_run(run_id)
    if run.state != RunState.ISSUING:
        return 0
    rows = drafts_of(run).filter(pk__in=bills).select_related("tenant")
    drafts: list[Invoice] = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if drafts:
        issuing.issue_all(actor, now, drafts, run.issue_on)
        run.issued += len(drafts)
        run.save(update_fields=["issued"])
    return len(drafts)


@operation
def end_issuing(*, actor: Actor, now: datetime, run_id: int) -> int:
    """The run is done when no draft is left; gives how many are issued."""
    run = locked_run(run_id)
    if run.state == RunState.ISSUING and not drafts_of(run).exists():
        run.move_to(RunState.DONE)
        changed(run, {"state": run.state})
    return run.issued
