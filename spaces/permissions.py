"""Who may do what with spaces.

What may be booked by whom is decided above, by the apps that lease and book; this is the floor
they stand on.
"""

from foundation.permissions import PermissionTable
from tenants.kinds import Role

STAFF_LEADS = {"staff:owner", "staff:manager"}
STAFF_DESK = STAFF_LEADS | {"staff:operations"}
STAFF = STAFF_DESK | {"staff:finance", "staff:coordinator", "staff:member"}

permissions = PermissionTable(
    {
        "see_spaces": STAFF,
        "manage_spaces": STAFF_LEADS,
        # Maintenance and blocks.
        "close_spaces": STAFF_DESK,
        # Leases: an organisation neither begins nor ends its own.
        "let_spaces": STAFF_DESK,
        # All else: staff for anybody, everybody else for their own organisation.
        "take_spaces": STAFF_DESK | {"staff:coordinator"} | set(Role.values),
    }
)
