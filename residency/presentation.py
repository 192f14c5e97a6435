"""Tones of states, as ``{% status %}`` shows them."""

from __future__ import annotations

from datetime import date

from residency.models import Agreement, AgreementState, Stay, StayState

AGREEMENTS = {
    AgreementState.DRAFT: "neutral",
    AgreementState.AWAITING: "warning",
    AgreementState.EFFECTIVE: "success",
    AgreementState.ENDED: "neutral",
    AgreementState.VOID: "neutral",
}
STAYS = {
    StayState.RESIDENT: "success",
    StayState.SUSPENDED: "danger",
    StayState.LEAVING: "warning",
    StayState.LEFT: "neutral",
}


def tone_of_agreement(agreement: Agreement, on: date) -> str:
    """In force but over is a danger: somebody has forgotten it."""
    if agreement.state == AgreementState.EFFECTIVE and agreement.ends_on < on:
        return "danger"
    return AGREEMENTS[AgreementState(agreement.state)]


def tone_of_stay(stay: Stay, on: date) -> str:
    if stay.is_overstaying(on):
        return "danger"
    return "warning" if stay.is_expiring(on) else STAYS[StayState(stay.state)]
