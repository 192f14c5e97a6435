"""Who may do what with certificates."""

from foundation.permissions import PermissionTable

STAFF_LEADS = {"staff:owner", "staff:manager"}
STAFF = STAFF_LEADS | {
    *("staff:operations", "staff:finance", "staff:coordinator", "staff:member"),
}

permissions = PermissionTable(
    {
        # In an organisation those who answer for its people.
        "read_certificates": STAFF | {"owner", "manager", "coordinator"},
        "hand_out_certificates": {"owner", "manager", "coordinator"},
        "issue_certificates": STAFF_LEADS | {"staff:coordinator"},
        # What was issued is taken back or corrected by who answers for the park.
        "end_certificates": STAFF_LEADS,
        "record_qualifications": STAFF_LEADS | {"staff:coordinator"},
        # The number comes from the university; the park writes it down when asked to.
        "record_university_numbers": STAFF_LEADS | {"staff:coordinator", "owner", "coordinator"},
    }
)
