"""The training centre: what is taught, when and where, and who has a seat in it."""

from training.models.agreements import AgreementState, GrantKind, SeatAgreement, SeatGrant
from training.models.attendance import (
    AttendanceMark,
    Feedback,
    MarkKind,
    MarkSource,
    TestResult,
)
from training.models.catalogue import (
    NO_CERTIFICATE,
    Course,
    CoursePrerequisite,
    Language,
    Programme,
    Trainer,
)
from training.models.guests import Guest, GuestAllowance, GuestState
from training.models.idle import IdleRule
from training.models.seats import PartyRule, Seat, SeatState
from training.models.sessions import (
    FundingLine,
    Session,
    SessionDate,
    SessionKind,
    SessionShare,
    SessionState,
    SessionTrainer,
)

__all__ = [
    "NO_CERTIFICATE",
    "AgreementState",
    "AttendanceMark",
    "Course",
    "CoursePrerequisite",
    "Feedback",
    "FundingLine",
    "GrantKind",
    "Guest",
    "GuestAllowance",
    "GuestState",
    "IdleRule",
    "Language",
    "MarkKind",
    "MarkSource",
    "PartyRule",
    "Programme",
    "Seat",
    "SeatAgreement",
    "SeatGrant",
    "SeatState",
    "Session",
    "SessionDate",
    "SessionKind",
    "SessionShare",
    "SessionState",
    "SessionTrainer",
    "TestResult",
    "Trainer",
]
