"""Facts about work in the background, messages on their way, notices and files."""

from backbone.models.demo_mail import DemoMail
from backbone.models.documents import BytesMissing, Document
from backbone.models.jobs import Job
from backbone.models.notices import Notice
from backbone.models.outbox import OutboxMessage
from backbone.models.retention import RetentionRule

__all__ = [
    "BytesMissing",
    "DemoMail",
    "Document",
    "Job",
    "Notice",
    "OutboxMessage",
    "RetentionRule",
]
