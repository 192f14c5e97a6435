"""Runs of bills in the background, as backbone's jobs call them. Harmless to repeat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.jobs import JobCancelled
from foundation.errors import DomainError
from tenants.isolation.context import across_tenants

if TYPE_CHECKING:
    from backbone.models import Job
    from backbone.progress import Reporter

LEFT = _("Bills that could not be issued: %(count)s. %(bill)s: %(why)s")
REASON = "run of bills"


def gather(job: Job, reporter: Reporter) -> dict[str, Any]:
    """Drafts for one bundle of organisations after the other."""
    from billing.models import InvoiceRun, RunState
    from billing.operations import run_work

    def work(run_id: int) -> int:
        with _inside(job):
            waiting = run_work.debtors(InvoiceRun.objects.get(pk=run_id))
        for done, some in _bundles(waiting, run_work.ORGANISATIONS):
            reporter.report(done, len(waiting))
            _do(job, run_work.gather, tenants=some)
        return int(_do(job, run_work.end_gathering))

    return {"bills": _work(job, RunState.GATHERING, work)}


def issue(job: Job, reporter: Reporter) -> dict[str, Any]:
    """The drafts, bundle by bundle; one that is refused stays a draft and stops the run, when the
    others are issued."""
    from billing.models import InvoiceRun, RunState
    from billing.operations import run_work
    from billing.operations.runs import drafts_of

    def work(run_id: int) -> int:
        with _inside(job):
            run = InvoiceRun.objects.get(pk=run_id)
            waiting = list(drafts_of(run).order_by("pk").values_list("pk", flat=True))
        refused: dict[int, DomainError] = {}
        for done, some in _bundles(waiting, run_work.BILLS):
            reporter.report(run.issued + done, run.issued + len(waiting))
            refused |= _issue(job, some)
            # What all of them are refused for is nothing of one organisation's.
            if len(refused) >= max(len(some), 2) and set(some) <= set(refused):
                break
        _tell(job, refused)
        return int(_do(job, run_work.end_issuing))

    return {"bills": _work(job, RunState.ISSUING, work)}


def page_of(job: Job) -> str:
    return reverse("admin:billing_invoicerun_change", args=[job.payload["run_id"]])


def _issue(job: Job, bills: Sequence[int]) -> dict[int, DomainError]:
    """Those that were refused, and why."""
    from billing.operations import run_work

    try:
        _do(job, run_work.issue, bills=bills)
    except DomainError as error:
        if len(bills) == 1:
            return {bills[0]: error}
        return {pk: why for each in bills for pk, why in _issue(job, [each]).items()}
    return {}


def _tell(job: Job, refused: dict[int, DomainError]) -> None:
    from billing.models import Invoice

    if not refused:
        return
    (first, why), *_others = refused.items()
    with _inside(job):
        tenant = Invoice.objects.select_related("tenant").get(pk=first).tenant
    # Without figures it is said in the reader's language.
    words = str(why) if why.params else why.message
    params = {"count": len(refused), "bill": tenant.name, "why": words}
    raise DomainError(LEFT, code="run_left_out", params=params)


def _bundles(keys: Sequence[int], size: int) -> Iterator[tuple[int, Sequence[int]]]:
    for start in range(0, len(keys), size):
        yield start, keys[start : start + size]


def _work(job: Job, state: str, work: Any) -> int | None:
    """Do it unless the run went on without this job; when it is told to stop, so is the run."""
    from billing.operations import run_work

    if not _do(job, run_work.take_up, state=state):
        return None
    try:
        return int(work(job.payload["run_id"]))
    except (JobCancelled, DomainError):
        _do(job, run_work.stop_here)
        raise


def _do(job: Job, operation: Any, **values: Any) -> Any:
    """One bundle. The bills say who asked for them; that was permitted when it was asked."""
    actor = replace(job.actor, user_id=job.requested_by_id)
    with _inside(job):
        return operation(actor=actor, now=timezone.now(), run_id=job.payload["run_id"], **values)


@contextmanager
def _inside(job: Job) -> Iterator[None]:
    with job.enter(), across_tenants(REASON):
        yield
