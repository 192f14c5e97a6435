"""Who may do what with the park's bank accounts: those who keep its books."""

from foundation.permissions import PermissionTable

STAFF_LEADS = {"staff:owner", "staff:manager"}
BOOKKEEPERS = STAFF_LEADS | {"staff:finance"}

permissions = PermissionTable(
    {
        "see_statements": BOOKKEEPERS,
        "upload_statements": BOOKKEEPERS,
        # Where money for the park is to go: whoever books it does not decide that.
        "manage_accounts": STAFF_LEADS,
    }
)
