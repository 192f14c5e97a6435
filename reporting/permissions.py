"""Who sets the park's targets and makes its briefs."""

from foundation.permissions import PermissionTable
from tenants.permissions import STAFF_LEADS

permissions = PermissionTable(
    {
        "set_target": STAFF_LEADS,
        "make_brief": STAFF_LEADS | {"staff:finance", "staff:operations"},
    }
)
