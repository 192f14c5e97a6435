"""Who may do what with learners.

Coordinators of a university keep its register. Its other members see it masked, and so do the
park's staff, who look across universities.
"""

from foundation.permissions import PermissionTable
from tenants.kinds import Role

KEEPERS = {Role.OWNER, Role.MANAGER, Role.COORDINATOR}
STAFF = {
    *("staff:owner", "staff:manager", "staff:finance"),
    *("staff:operations", "staff:coordinator", "staff:member"),
}

permissions = PermissionTable(
    {
        "see_learners": {*KEEPERS, Role.MEMBER, *STAFF},
        # Names, numbers, mobiles and addresses in full.
        "see_personal_data": {*KEEPERS},
        "keep_learners": {*KEEPERS},
    }
)
