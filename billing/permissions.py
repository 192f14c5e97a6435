"""Who may do what with charges, bills and payments. What is charged decide the apps that charge."""

from foundation.permissions import PermissionTable

STAFF_LEADS = {"staff:owner", "staff:manager"}
BOOKKEEPERS = STAFF_LEADS | {"staff:finance"}
STAFF = BOOKKEEPERS | {"staff:operations", "staff:coordinator", "staff:member"}
MONEY = {"owner", "manager", "finance"}

permissions = PermissionTable(
    {
        "read_charges": STAFF | MONEY,
        "read_bills": STAFF | MONEY,
        "add_charges": BOOKKEEPERS,
        "record_payment": BOOKKEEPERS,
        # Whoever takes the money does not decide that it need not be paid.
        "waive_charges": STAFF_LEADS,
        "issue_bills": BOOKKEEPERS,
        "credit_bills": STAFF_LEADS,
        # What a bank kept of a transfer, up to the tolerance of the terms; more is credited.
        "write_off": BOOKKEEPERS,
        "return_payments": BOOKKEEPERS,
        "request_refunds": BOOKKEEPERS,
        # By somebody else than who asked: a constraint says so.
        "approve_refunds": STAFF_LEADS,
        "pay_refunds": BOOKKEEPERS,
        "remind": BOOKKEEPERS,
        "change_terms": STAFF_LEADS,
        "pay_bills": MONEY,
        "ask_for_fapiao": BOOKKEEPERS | MONEY,
        "record_fapiao": BOOKKEEPERS,
    }
)
