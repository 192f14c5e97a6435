"""Who may make, roll and revoke an organisation's API keys."""

from foundation.permissions import PermissionTable

LEADS = {"owner", "manager"}

permissions = PermissionTable({"manage_keys": LEADS, "see_keys": LEADS})
