"""Leases: what is let to whom, by whose word, handed over and taken back."""

from leasing.models.handovers import Handover, HandoverKind, HandoverLine, LineKind, Settlement
from leasing.models.leases import Lease, LeaseState, LeaseUnit, Origin
from leasing.models.prices import ListPrice
from leasing.models.steps import LeaseStep, StepKind

__all__ = [
    "Handover",
    "HandoverKind",
    "HandoverLine",
    "Lease",
    "LeaseState",
    "LeaseStep",
    "LeaseUnit",
    "LineKind",
    "ListPrice",
    "Origin",
    "Settlement",
    "StepKind",
]
