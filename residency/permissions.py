"""Who may do what with leads, applications, agreements, stays and exits."""

from foundation.permissions import PermissionTable

STAFF_LEADS = {"staff:owner", "staff:manager"}
STAFF_DESK = STAFF_LEADS | {"staff:operations"}
STAFF = STAFF_DESK | {"staff:finance", "staff:coordinator", "staff:member"}

permissions = PermissionTable(
    {
        "see_residency": STAFF,
        "manage_leads": STAFF_DESK,
        "check_applications": STAFF_DESK,
        "assign_reviewers": STAFF_LEADS,
        # Whoever of the staff was asked to.
        "review": STAFF,
        "decide": STAFF_LEADS,
        # Its owner, or whoever decides.
        "meet_conditions": STAFF,
        "set_admission_rules": STAFF_LEADS,
        "manage_agreements": STAFF_LEADS,
        "read_agreements": STAFF | {"owner", "manager", "finance", "coordinator"},
        "upload_signed_copy": STAFF_LEADS | {"owner", "manager", "coordinator"},
        "tell_progress": STAFF_DESK | {"owner", "manager", "coordinator"},
        "manage_stays": STAFF_LEADS,
        "close_tasks": STAFF_DESK,
        "request_exit": STAFF_LEADS | {"owner"},
        "read_exit": STAFF | {"owner", "manager", "finance"},
        "advance_exit": STAFF_DESK,
        "ask_waiver": STAFF_DESK,
        "give_waiver": STAFF_LEADS,
    }
)
