"""Every write to jobs, messages, notices and files."""

from backbone.operations.documents import delete_document, open_document, store_document
from backbone.operations.jobs import request_cancel, resume_job, start_job
from backbone.operations.links import make_link, open_link
from backbone.operations.mails import send_mail_to
from backbone.operations.notices import mark_all_read, mark_read, notify
from backbone.operations.outbox import enqueue, enqueue_all, resend_message
from backbone.operations.retention import set_retention_rule

__all__ = [
    "delete_document",
    "enqueue",
    "enqueue_all",
    "make_link",
    "mark_all_read",
    "mark_read",
    "notify",
    "open_document",
    "open_link",
    "request_cancel",
    "resend_message",
    "resume_job",
    "send_mail_to",
    "set_retention_rule",
    "start_job",
    "store_document",
]
