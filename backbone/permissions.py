"""Who may do what with jobs, messages, notices and files.

Starting a job, storing a file and telling somebody something are parts of other operations,
which have asked their own table already.
"""

from foundation.permissions import PermissionTable

LEADS = {"owner", "manager"}
STAFF_LEADS = {"staff:owner", "staff:manager"}
STAFF = STAFF_LEADS | {"staff:finance", "staff:operations", "staff:coordinator", "staff:member"}

permissions = PermissionTable(
    {
        # Whoever asked for a job may cancel and resume it; these may for others too.
        "see_jobs_of_colleagues": LEADS,
        "manage_jobs_of_colleagues": LEADS,
        # The organisation's own affair: the park cannot ask for it.
        "export_everything": {"owner"},
        "see_all_jobs": STAFF,
        "see_retention": STAFF,
        "set_retention": STAFF_LEADS,
        "see_outbox": STAFF,
        "resend_message": STAFF_LEADS,
    }
)
