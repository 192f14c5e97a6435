"""Who may do what in the training centre."""

from foundation.permissions import PermissionTable
from spaces.permissions import STAFF, STAFF_DESK, STAFF_LEADS
from tenants.kinds import Role

MEMBERS = set(Role.values)
# They book for others of their organisation and name them.
BOOKERS = {Role.OWNER, Role.MANAGER, Role.COORDINATOR, Role.OPERATIONS}
STAFF_TRAINING = STAFF_DESK | {"staff:coordinator"}

permissions = PermissionTable(
    {
        "see_training": MEMBERS | STAFF,
        "book_seats": BOOKERS | STAFF_TRAINING,
        # Agreements of universities, line by line.
        "see_agreements": BOOKERS | STAFF,
        "manage_catalogue": STAFF_TRAINING,
        "manage_sessions": STAFF_TRAINING,
        "decide_seats": STAFF_TRAINING,
        "grant_seats": STAFF_LEADS,
        # More than an agreement or a funding line has left, with the reason.
        "overdraw": STAFF_LEADS,
        # Of an event: an organisation its own up to the number it was given, staff any.
        "invite_guests": BOOKERS | STAFF_TRAINING,
        # An organisation's own people, of its own seats.
        "see_attendance": BOOKERS | STAFF,
        "mark_attendance": STAFF_TRAINING,
        # Settles for good and issues certificates, which has a permission of its own too.
        "settle_sessions": STAFF_LEADS | {"staff:coordinator"},
    }
)
