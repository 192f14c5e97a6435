"""Who may do what with leases. The ledger is written by the park itself once this table agrees."""

from foundation.permissions import PermissionTable
from spaces.permissions import STAFF, STAFF_DESK, STAFF_LEADS

permissions = PermissionTable(
    {
        "read_leases": STAFF | {"owner", "manager", "finance", "coordinator"},
        "let_spaces": STAFF_DESK,
        # The first word, by whoever neither wrote the lease nor gives the second.
        "approve_leases": STAFF_LEADS,
        "approve_unusual_leases": {"staff:owner", "staff:finance"},
        "bring_into_force": STAFF_LEADS,
        "upload_signed_lease": STAFF_LEADS | {"owner", "manager", "coordinator"},
        # What the park found when it handed over, or took back.
        "confirm_for_park": STAFF_DESK,
        "confirm_for_organisation": {"owner", "manager", "coordinator"},
        "sign_alone": STAFF_LEADS,
        "set_list_prices": STAFF_LEADS,
    }
)
