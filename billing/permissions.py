"""Who may do what with charges. What is charged decide the apps that charge."""

from foundation.permissions import PermissionTable

STAFF_LEADS = {"staff:owner", "staff:manager"}
STAFF = STAFF_LEADS | {
    *("staff:operations", "staff:finance", "staff:coordinator", "staff:member"),
}

permissions = PermissionTable(
    {
        "read_charges": STAFF | {"owner", "manager", "finance"},
        "record_payment": STAFF_LEADS | {"staff:finance"},
        # Whoever takes the money does not decide that it need not be paid.
        "waive_charges": STAFF_LEADS,
    }
)
