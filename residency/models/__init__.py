"""Leads, applications, reviews, agreements, stays and exits."""

from residency.models.agreements import (
    Agreement,
    AgreementKind,
    AgreementParty,
    AgreementState,
    Commitment,
)
from residency.models.applications import (
    Application,
    ApplicationDocument,
    ApplicationState,
    Mark,
)
from residency.models.exits import Exit, ExitReason, ExitState, Waiver
from residency.models.leads import FollowUp, FollowUpKind, Lead, LeadState, LostReason
from residency.models.reviews import Condition, Review
from residency.models.rules import (
    AdmissionRule,
    Criterion,
    DocumentRequirement,
    ReviewPolicy,
    RuleCode,
)
from residency.models.stays import Extension, Stay, StayState, Task

__all__ = [
    "AdmissionRule",
    "Agreement",
    "AgreementKind",
    "AgreementParty",
    "AgreementState",
    "Application",
    "ApplicationDocument",
    "ApplicationState",
    "Commitment",
    "Condition",
    "Criterion",
    "DocumentRequirement",
    "Exit",
    "ExitReason",
    "ExitState",
    "Extension",
    "FollowUp",
    "FollowUpKind",
    "Lead",
    "LeadState",
    "LostReason",
    "Mark",
    "Review",
    "ReviewPolicy",
    "RuleCode",
    "Stay",
    "StayState",
    "Task",
    "Waiver",
]
