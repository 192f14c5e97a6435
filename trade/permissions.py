"""Which role may do what with orders and their figures."""

from __future__ import annotations

from foundation.permissions import PermissionTable
from tenants.kinds import Role

ALL = {Role.OWNER, Role.MANAGER, Role.FINANCE, Role.OPERATIONS, Role.MEMBER}
STAFF = {"staff:owner", "staff:manager", "staff:finance", "staff:operations", "staff:member"}

permissions = PermissionTable(
    {
        "see_figures": {*ALL},
        # Staff pass with the actor that operations.look_at_rows gives; with their own they
        # see the park's own orders, of which there are none.
        "see_orders": {*ALL, "staff:owner", "staff:manager", "staff:operations"},
        "import_orders": {Role.OWNER, Role.MANAGER, Role.OPERATIONS},
        "change_mappings": {Role.OWNER, Role.MANAGER, Role.OPERATIONS},
        "consent_to_row_access": {Role.OWNER, Role.MANAGER},
        "see_row_accesses": {*ALL},
        "see_park_figures": {*STAFF},
        "read_rows_by_consent": {"staff:owner", "staff:manager", "staff:operations"},
        "record_rates": {"staff:owner", "staff:manager", "staff:finance"},
    }
)
