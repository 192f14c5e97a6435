"""The backbone's own effects: sending jobs to the workers, and mail to people."""

from __future__ import annotations

from backbone import mail, sweeper
from backbone.models import OutboxMessage
from backbone.outbox import register


def send_job(message: OutboxMessage) -> None:
    """Tell the workers of a queued job. A second copy finds nothing to do."""
    sweeper.send(tenant_id=message.tenant_id, job_id=message.payload["job_id"])


def register_effects() -> None:
    register("job.run", send_job)
    register("mail.send", mail.deliver)
