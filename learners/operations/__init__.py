"""Every write to the learner register."""

from learners.operations.consents import (
    declare_consent,
    give_consent,
    renew_link,
    send_link,
    withdraw_consent,
)
from learners.operations.erasure import erase_contacts, erase_due, erase_learner
from learners.operations.exports import export_learners, start_export
from learners.operations.records import (
    change_learner,
    reactivate_learner,
    record_learner,
    release_learner,
)
from learners.operations.rosters import (
    apply_roster,
    discard_roster,
    read_roster_as,
    upload_roster,
)

__all__ = [
    "apply_roster",
    "change_learner",
    "declare_consent",
    "discard_roster",
    "erase_contacts",
    "erase_due",
    "erase_learner",
    "export_learners",
    "give_consent",
    "reactivate_learner",
    "read_roster_as",
    "record_learner",
    "release_learner",
    "renew_link",
    "send_link",
    "start_export",
    "upload_roster",
    "withdraw_consent",
]
