"""Steps of lifecycles in the staff site that are looked at, and rows that can take them."""

from __future__ import annotations

from typing import Any

from banking.models import BankAccount, StatementFile
from billing.models import Charge, Fapiao, Invoice, InvoiceRun, Payment, Refund
from certificates.models import Certificate
from leasing.models import Handover, HandoverLine, Lease, LeaseUnit
from ledger.models import Account, Period
from offices.models import Allowance, Booking, Door
from payments.models import InboxEvent, OnlinePayment
from reconciliation.models import Match
from residency.models import (
    Agreement,
    AgreementParty,
    Application,
    Commitment,
    Condition,
    Exit,
    Lead,
    Review,
    Stay,
    Task,
)
from spaces.models import Occupancy, Space
from training.models import (
    Course,
    Guest,
    IdleRule,
    Programme,
    Seat,
    SeatAgreement,
    Session,
    SessionDate,
    Trainer,
)

# By view of the staff site: a step that is looked at, its model, and a state it starts from.
STEPS: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "offices_allowance_step": ("end", Allowance, {}),
    "offices_door_step": ("code", Door, {}),
    "certificates_certificate_step": ("replacement", Certificate, {"state": "issued"}),
    "banking_bankaccount_step": ("closing", BankAccount, {}),
    "banking_statementfile_step": ("taking", StatementFile, {"state": "read"}),
    "billing_invoicerun_step": ("issue", InvoiceRun, {"state": "ready"}),
    "billing_charge_step": ("payment", Charge, {"state": "open", "lines": None}),
    "billing_fapiao_step": ("issued", Fapiao, {"state": "requested"}),
    "billing_invoice_step": ("credit", Invoice, {"reference__gt": "", "paid__gt": 0}),
    "billing_payment_step": ("application", Payment, {"applied": 0, "state": "succeeded"}),
    "billing_refund_step": ("rejection", Refund, {"state": "requested"}),
    "payments_onlinepayment_step": ("outcome", OnlinePayment, {"state": "unknown"}),
    "payments_inboxevent_step": ("looking", InboxEvent, {"state": "unmatched"}),
    "ledger_account_step": ("freezing", Account, {}),
    "ledger_period_step": ("closing", Period, {"state": "open"}),
    "leasing_handover_step": ("line", Handover, {"state": "open"}),
    "leasing_handoverline_step": ("removal", HandoverLine, {"handover__state": "open"}),
    "leasing_lease_step": ("check-out", Lease, {"state": "effective"}),
    "leasing_leaseunit_step": ("change", LeaseUnit, {"lease__state": "draft"}),
    "offices_booking_step": ("refusal", Booking, {"state": "requested"}),
    "reconciliation_match_step": ("undoing", Match, {"undone_at": None}),
    "residency_agreement_step": ("renewal", Agreement, {"state": "effective"}),
    "residency_agreementparty_step": ("change", AgreementParty, {}),
    "residency_application_step": ("marks", Application, {"state": "checking"}),
    "residency_commitment_step": ("progress", Commitment, {"agreement__state": "effective"}),
    "residency_condition_step": ("met", Condition, {"met_at": None}),
    "residency_exit_step": ("waiver-request", Exit, {"state": "clearance"}),
    "residency_lead_step": ("follow-up", Lead, {"state": "followed"}),
    "residency_review_step": ("scores", Review, {"reviewer__username": "staff"}),
    "residency_stay_step": ("extension", Stay, {"state": "resident"}),
    "spaces_occupancy_step": ("reopening", Occupancy, {"kind": "maintenance"}),
    "spaces_space_step": ("maintenance", Space, {"code": "A-102"}),
    "training_course_step": ("retirement", Course, {}),
    "training_guest_step": ("change", Guest, {}),
    "training_idlerule_step": ("ending", IdleRule, {}),
    "training_programme_step": ("retirement", Programme, {}),
    "training_seat_step": ("release", Seat, {"state": "held"}),
    "training_seatagreement_step": ("extra", SeatAgreement, {"state": "active"}),
    "training_session_step": ("details", Session, {"state": "open", "kind": "course"}),
    "training_sessiondate_step": ("time", SessionDate, {"session__state": "open"}),
    "training_trainer_step": ("retirement", Trainer, {}),
    "residency_task_step": ("completion", Task, {"code": "check_in", "closed_at": None}),
}
