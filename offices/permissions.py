"""Who may do what with bookings. Which spaces a role books says the rule of their type."""

from foundation.permissions import PermissionTable
from spaces.permissions import STAFF, STAFF_DESK, STAFF_LEADS
from tenants.kinds import Role

MEMBERS = set(Role.values)

permissions = PermissionTable(
    {
        "see_bookings": MEMBERS | STAFF,
        "book_spaces": MEMBERS,
        # Staff for anybody, others what they booked themselves.
        "cancel_bookings": MEMBERS | STAFF_DESK,
        # Owners and managers also what their people booked.
        "cancel_for_others": {Role.OWNER, Role.MANAGER} | STAFF_DESK,
        "check_in": MEMBERS | STAFF_DESK,
        "decide_bookings": STAFF_DESK,
        "manage_booking_rules": STAFF_LEADS,
        "grant_allowances": STAFF_LEADS,
    }
)
