"""What workers and beat run for the backbone."""

from __future__ import annotations

from backbone import housekeeping, runner, sweeper
from backbone import relay as outbox_relay
from backbone.heartbeat import beat
from backbone.tasking import global_task, tenant_task


@tenant_task("backbone.run_job", own_transactions=True)
def run_job(*, tenant_id: int, job_id: int) -> None:
    """Run one job, unless another worker has it or it is finished."""
    runner.perform(tenant_id=tenant_id, job_id=job_id)


@global_task("backbone.relay")
def relay() -> None:
    """Deliver what is due in the outbox."""
    outbox_relay.deliver_due()


@global_task("backbone.sweep_jobs")
def sweep_jobs() -> None:
    """Take care of jobs whose worker or whose message was lost."""
    sweeper.requeue_lost_jobs()
    sweeper.send_forgotten_jobs()


@global_task("backbone.heartbeat")
def heartbeat() -> None:
    """A worker answers."""
    beat()


@global_task("backbone.seal_trail")
def seal_trail() -> None:
    """Seal the trail of every organisation."""
    housekeeping.seal_trail()


@global_task("backbone.tidy")
def tidy() -> None:
    """Remove files without a row, files kept long enough, and records of finished work."""
    housekeeping.tidy()
