"""Who may say what became of a bank's line: those who keep the park's books."""

from foundation.permissions import PermissionTable

BOOKKEEPERS = {"staff:owner", "staff:manager", "staff:finance"}

permissions = PermissionTable({"see_lines": BOOKKEEPERS, "reconcile": BOOKKEEPERS})
