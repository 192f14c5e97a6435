"""Learners, what they agreed to, and the rosters that brought them in."""

from learners.models.consents import Consent, ConsentWay
from learners.models.learners import Learner, LearnerState
from learners.models.rosters import RosterUpload

__all__ = ["Consent", "ConsentWay", "Learner", "LearnerState", "RosterUpload"]
