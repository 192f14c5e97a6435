"""Seats of all organisations in the staff site: to find and to read, to cancel and to excuse."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.steps import Step, StepAdmin, StepForm
from training.admin.shared import SEARCHED, ReasonForm
from training.models import Seat, SeatState
from training.operations import giving_up
from training.permissions import permissions

S = SeatState


class CancelSeatForm(ReasonForm):
    def operate(self) -> Any:
        said = self.cleaned_data
        return giving_up.cancel(actor=self.actor, now=self.now, seats=[self.row], **said)


class ReleaseForm(StepForm):
    def operate(self) -> Any:
        return giving_up.release(actor=self.actor, now=self.now, seats=[self.row])


@admin.register(Seat)
class SeatAdmin(StepAdmin):
    permissions = permissions
    reads = "see_training"
    list_display = ["session", "tenant", "who", "state", "priority", "created_at"]
    list_filter = ["state", "session__state", ("session", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["session__course", "tenant", "learner", "membership__user"]
    search_fields = ["session__code", *SEARCHED]
    fields = [
        *("session", "tenant", "who", "state", "agreement", "funding_line", "priority"),
        *("party_rule", "created_at", "queued_at", "hold_expires_at", "offer_expires_at"),
        *("missed_offers", "skipped_at", "skipped_left", "booked_by", "reason", "is_used_up"),
        "ended_at",
    ]
    steps = [
        Step(
            "cancellation",
            pgettext_lazy("seats", "Cancel"),
            CancelSeatForm,
            "decide_seats",
            frozenset({S.BOOKED, S.REQUESTED}),
            note=_("After the deadline the seat counts as used, or is charged."),
        ),
        Step(
            "release",
            pgettext_lazy("seats", "Give back"),
            ReleaseForm,
            "decide_seats",
            frozenset({S.HELD}),
        ),
    ]

    @admin.display(description=_("person"))
    def who(self, row: Seat) -> str:
        person = row.learner or (row.membership and row.membership.user)
        return str(person or _("blank"))
