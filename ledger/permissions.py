"""Who may do what with the books. What is posted decide the apps that post."""

from foundation.permissions import PermissionTable

STAFF_LEADS = {"staff:owner", "staff:manager"}
STAFF_BOOKS = STAFF_LEADS | {"staff:finance"}

permissions = PermissionTable(
    {
        "read_books": STAFF_BOOKS | {"owner", "manager", "finance"},
        "freeze_accounts": STAFF_LEADS,
        "close_periods": STAFF_BOOKS,
        # Whoever closes the books does not open them again alone.
        "reopen_periods": STAFF_LEADS,
    }
)
