"""Who may do what with organisations and people."""

from foundation.permissions import PermissionTable

STAFF_LEADS = {"staff:owner", "staff:manager"}

permissions = PermissionTable(
    {
        "register_tenant": STAFF_LEADS,
        "change_tenant": STAFF_LEADS,
        "manage_members": STAFF_LEADS | {"owner", "manager"},
        "end_sessions": STAFF_LEADS,
        "deactivate_people": STAFF_LEADS,
        # A manager of the park does not lock its owner out.
        "deactivate_staff": {"staff:owner"},
        "read_trail": STAFF_LEADS | {"owner", "manager"},
    }
)
