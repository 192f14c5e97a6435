"""What an organisation's export leaves out, each with the reason a reviewer accepted.

A table of organisations that is neither exported nor listed here fails a test, and so does an
entry that fits nothing any more.
"""

from __future__ import annotations

TABLES = {
    "backbone_notice": "told to one person each; what happened stands in its own table",
    "backbone_outboxmessage": "what was on its way; its cause stands in its own table",
    "backbone_retentionrule": "rules of the park's operator, in its staff site",
    "gateway_idempotentanswer": "copies of answers to programs, kept two days",
    "leasing_leasestep": "who of the park approved or rejected a lease, and why; what became of it "
    "stands in the lease",
    "tenants_trailentry": "the park's evidence of who changed what; it holds the values that are "
    "left out here, before and after each change, and what people of the park did",
    "tenants_trailseal": "proves the trail; without it of no use",
}

COLUMNS = {
    "billing_charge.source_id": "a number of a row inside the portal; that row has its own table",
    "backbone_document.storage_key": "names the bytes in the portal's own storage",
    "backbone_job.payload": "numbers of rows inside the portal",
    "backbone_job.result": "numbers of rows inside the portal; what came of it has its own table",
    "backbone_job.request_id": "a line of the portal's log",
    "certificates_certificate.link_nonce": "stands in the personal link of the holder",
    "certificates_certificate.source_id": "a number of a row inside the portal; that row has its "
    "own table",
    "gateway_apikey.digest": "a secret's hash: whoever has it may try secrets against it",
    "learners_learner.link_nonce": "stands in the link of the consent",
    "ledger_hold.source_id": "a number of a row inside the portal; that row has its own table",
    "ledger_voucher.source_id": "a number of a row inside the portal; that row has its own table",
    "members_invitation.nonce": "stands in the link of the invitation",
    "offices_feed.nonce": "stands in the address of the calendar",
    "spaces_occupancy.source_id": "a number of a row inside the portal; that row has its own table",
    "residency_application.nonce": "stands in the link of the application",
}

# What of a table's columns is of such a kind; whoever adds one says whether it leaves the portal.
SUSPICIOUS = ("digest", "nonce", "secret", "password", "token", "hash", "storage_key")
HARMLESS = {
    "backbone_document.sha256": "lets the organisation check that a file came whole",
}
