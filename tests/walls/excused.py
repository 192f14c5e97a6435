"""What the markers' crawl does not reach, and what it may see, each with its reason.

Routes that answer no GET with a page are excused in ``tests/browser/excused.py`` already; here
stand those that a page needs something for which this crawl has not. An excuse nobody needs fails.
"""

UNREACHED = {
    "mfa_authenticate": "between password and second factor; nothing but a person's own is there",
    "mfa_activate_totp": "leads on: everybody here has one",
    "apply:[!b]*": "the link is the ticket, whoever has it; tests/residency has its tests",
    "invitation": "the link is the ticket, whoever has it; tests/members has its tests",
    "door*": "the code at the door is the ticket; tests/offices/test_links.py",
    "booking_feed": "the address is the ticket; tests/offices/test_links.py",
    "offices:at_door": "the code at the door is the ticket; tests/offices/test_links.py",
    "learner_consent": "the link is the ticket, whoever has it; tests/learners/test_consent.py",
    "own_certificate*": "the link is the ticket; tests/certificates/test_verifying.py",
    "verify_number": "the number is the ticket; tests/certificates/test_verifying.py",
    "training_check_in": "the code on the screen is the ticket; tests/training/test_attendance_pages.py",
    "training_seat": "the link is the ticket; tests/training/test_attendance_pages.py",
    "training_guest": "the link is the ticket; tests/training/test_guests.py",
    "admin:event_guest": "the code of a guest is scanned; tests/training/test_door.py",
    "admin:attendance_history": "of a seat and a date together; tests/training/test_attendance_pages.py",
    "linked_file": "the link is the ticket, whoever has it; tests/walls/test_signed_links.py",
    "admin:billing_charge_step": "in states; tests/billing/test_staff_bills.py",
    "admin:billing_invoice_step": "in states; tests/billing/test_staff_bills.py",
    "admin:billing_payment_step": "in states; tests/billing/test_staff_payments.py",
    "admin:billing_refund_step": "the park's own decisions, in states; tests/billing/test_refunds.py",
    "admin:billing_fapiao_step": "in states; tests/billing/test_staff_payments.py",
    "admin:residency_lead_step": "the park's own leads, in states; tests/residency/test_leads.py",
    "admin:residency_review_step": "a reviewer's own; tests/residency/test_review_pages.py",
    "admin:residency_condition_step": "the park's own; tests/residency/test_review_pages.py",
    "admin:spaces_occupancy_step": "of what the park closed; tests/spaces/test_staff_site.py",
    "mailbox:mail": "the demo's own mailbox, which production refuses; mails are read one by one",
}

# Pages and calls of an organisation in which no text of its rows stands.
SHOW_NO_ROWS = {
    "api/v1/organisation": "its own names",
    "api/v1/reference-rates": "the same for everybody",
    "api/v1/attendance": "of dates that are over; tests/training/test_api.py",
    "api/v1/sessions": "the park's sessions and how many seats",
    "api/v1/sessions/<str:ref>": "the park's session and how many seats",
    "api/v1/sales/by-country": "sums, without a text",
    "api/v1/sales/by-month": "sums, without a text",
    "backbone:data": "archives, by the organisation's short address",
    "backbone:jobs": "kinds, states and times of jobs",
    "learners:new": "an empty form",
    "api/v1/bills": "numbers of bills, sums and states",
    "billing:bills": "numbers of bills, sums and states",
    "billing:fapiao": "a form with the registered name",
    "certificates:given_number": "an empty form",
    "learners:template": "an empty table, the same for everybody",
    "offices:new": "a space of the park, when it is taken, and an empty form",
    "offices:feeds": "addresses that are made for it, with nothing but its short name",
    "offices:day": "of today, when nothing marked is booked; tests/offices/test_links.py",
    "offices:time": "the time of one's own booking",
    "offices:rooms": "the park's spaces, the same for everybody of a kind",
    "payments:begin": "the number of a bill, sums and states",
    "payments:offline": "the number of a bill, sums and states",
    "training:list": "an empty form",
    "training:sessions": "the park's sessions and how many seats",
    "trade:import_progress": "how far an import is, in numbers",
    "gateway:key_new": "an empty form",
    "trade:import_new": "an empty form",
    "trade:import_sample": "invented rows, the same for everybody",
    "trade:import_template": "an empty table, the same for everybody",
}

# Pages of a university alone, where people are typed by their numbers and not chosen by name.
SHOW_NO_ROWS_OF_A_UNIVERSITY = {
    "training:booking": "the park's session and an empty form",
    "training:names": "an empty form for each blank seat",
}

NAMES = "names"
# Pages of the staff site that tell of organisations: what of them may stand there (``NAMES`` of
# organisations and people, or the words of markers), and why. The first pattern that fits counts.
STAFF_PAGES: dict[str, tuple[str, str]] = {
    "admin:tenants_trailentry_*": ("names reason", "reasons are sentences of the code"),
    "admin:tenants_*": ("names", "staff keep the organisations and their people"),
    "admin:members_invitation_*": ("names guest", "staff invite an organisation's first people"),
    "admin:offices_allowance_*": ("names", "what the park grants to whom"),
    "admin:billing_ageing*": ("names", "who owes how much to the park, since when"),
    "admin:billing_charge_*": (
        "names charge billed unit payref waived",
        "what is owed to the park",
    ),
    "admin:billing_creditnote_*": (
        "names billed creditreason",
        "what of a bill the park took back, and why",
    ),
    "admin:billing_fapiao_*": (
        "names faptitle taxno redreason",
        "what the park puts on tax invoices, as it was asked for",
    ),
    "admin:billing_invoice_*": (
        "names charge billed unit billnote creditreason payref",
        "the park's own bills, and what came of them",
    ),
    "admin:billing_payment_*": (
        "names payref paynote provider toaccount refundreason",
        "what the park received, and what goes back where",
    ),
    "admin:billing_refund_*": (
        "names payref toaccount refundreason nomoney bankref",
        "what goes back where, and why",
    ),
    "admin:payments_*": (
        "names provider",
        "payments through providers, which the park looks after",
    ),
    "admin:reconciliation_*": ("names", "whose bills a line may pay, and who paid"),
    "admin:leasing_*": (
        "names lno lease leaseterms leasestep leasecopy sheet meter",
        "leases are papers of both sides, and so are the sheets of handing over",
    ),
    "admin:offices_booking_*": ("names purpose", "staff answer and look after bookings"),
    "admin:attendance_*": ("names", "who was there is called by name"),
    "admin:certificates_certificate_*": (
        "names holder holderlatin holderid course courseen grade issuer issueren gno rule evidence",
        "the park issues and revokes them; in lists the holder is masked",
    ),
    "admin:ledger_*": (
        "names voucher held payref",
        "the books of every organisation, which the park keeps",
    ),
    "admin:learners_learner_*": ("names programme", "masked, to count who is where"),
    "admin:backbone_job_changelist": ("names", "whose job it is"),
    "admin:backbone_job_change": (
        "names note request",
        "how far a job is and what it is waiting for, to help; sentences of the code",
    ),
    "admin:backbone_outboxmessage_changelist": ("names", "whose message it is"),
    "admin:backbone_outboxmessage_history": ("failed", "the message's key is its name"),
    "admin:backbone_outboxmessage_change": (
        "names request failed error",
        "keys of messages and kinds of errors, not what the messages say",
    ),
    "admin:index": ("names", "whose term runs out, whose copy waits, who leaves"),
    "admin:floor": ("names", "who has which space, until when"),
    "admin:occupancy*": ("names", "who has the units that a figure counts"),
    "admin:organisation": (
        "names no lno sno",
        "kind, people and sums; of rows, only numbers of agreements with the park",
    ),
    "admin:residency_application_changelist": ("names", "which organisation an application made"),
    "admin:residency_lead_changelist": ("names", "which organisation a lead became"),
    "admin:residency_agreement*": (
        (
            "names no agreement agreementtitle scope party signatory position "
            "contact mobile promise promiser progress"
        ),
        "agreements are papers of both sides",
    ),
    "admin:residency_commitment_*": (
        "names no agreementtitle party promise promiser progress",
        "what was promised to the park, or by it",
    ),
    "admin:residency_stay_*": (
        "names suspension resumption extension",
        "who is in the park until when; the reasons are the park's",
    ),
    "admin:residency_task_*": ("names", "what is to be done when somebody moves in"),
    "admin:residency_exit_*": (
        "names lno moves waiver agreementtitle promise",
        "why an organisation leaves or stays, and what may pass by whose word",
    ),
    "admin:spaces_*": ("names purpose", "who has which space, and why the park closed one"),
    "admin:backbone_retentionrule_*": ("law", "the park's rules, which name the law"),
    "admin:training_seatagreement_*": (
        "names sno seatnote seatgrant",
        "how many seats the park has granted to whom, and why",
    ),
    "admin:training_guest_*": (
        "names guestname guestcompany guestmail",
        "who is invited by whom, to be found at the door",
    ),
    "admin:event_*": (
        "names guestname guestcompany guestmail",
        "who is invited by whom, to be let in",
    ),
    "admin:results_*": ("names", "whose result is entered"),
    "admin:session_feedback": ("names feedback", "what learners told the park"),
    "admin:training_seat_*": (
        "names sno seatreason",
        "who has which seat in the park's training under which agreement, and why it came back",
    ),
    "admin:training_session*": ("names", "for whom seats of a session are kept, and who has some"),
    "admin:trade_monthlysales_*": ("names", "totals of each organisation's month"),
    "admin:trade_orderimport_*": ("names", "that an organisation imported, and when"),
    "admin:trade_rowconsent_*": ("names", "who consents, from when to when"),
    "admin:trade_rows": (
        "names channel order",
        "order rows, while the organisation consents; it sees each look",
    ),
}
