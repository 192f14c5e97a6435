"""Who may do what with payments through providers."""

from billing.permissions import BOOKKEEPERS, MONEY
from foundation.permissions import PermissionTable

permissions = PermissionTable(
    {
        "pay_online": MONEY,
        "see_inbox": BOOKKEEPERS,
        "record_outcome": BOOKKEEPERS,
        "look_into_news": BOOKKEEPERS,
    }
)
