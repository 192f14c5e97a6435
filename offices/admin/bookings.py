"""Bookings of all organisations: to read, to answer, to cancel, to check in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.steps import Step, StepAdmin, StepForm
from offices.models import Booking, BookingState
from offices.operations import bookings as operations
from offices.permissions import permissions
from spaces.queries import day_span

S = BookingState


class ConfirmForm(StepForm):
    def operate(self) -> None:
        operations.confirm(actor=self.actor, now=self.now, booking=self.row)


class DeclineForm(StepForm):
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def operate(self) -> None:
        operations.decline(actor=self.actor, now=self.now, booking=self.row, **self.cleaned_data)


class CancelForm(StepForm):
    def operate(self) -> None:
        operations.cancel(actor=self.actor, now=self.now, booking=self.row)


class CheckInForm(StepForm):
    def operate(self) -> None:
        operations.check_in(actor=self.actor, now=self.now, booking=self.row)


class WhenFilter(admin.SimpleListFilter):
    title = _("when")
    parameter_name = "when"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("today", _("Today")), ("asked", _("Waits for the park's word"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        now = timezone.now()
        if self.value() == "today":
            return queryset.between(*day_span(timezone.localdate(now)))
        if self.value() == "asked":
            return queryset.filter(state=S.REQUESTED).ahead(now)
        return queryset


@admin.register(Booking)
class BookingAdmin(StepAdmin):
    permissions = permissions
    reads = "see_bookings"
    list_display = ["space", "tenant", "starts_at", "ends_at", "state", "price", "fee"]
    list_filter = [WhenFilter, "state"]
    list_select_related = ["tenant", "space"]
    search_fields = ["space__code", "tenant__name", "tenant__name_en", "tenant__slug"]
    fields = [
        *("space", "tenant", "starts_at", "ends_at", "state", "purpose", "booked_by"),
        *("created_at", "answer_by", "check_in_from", "check_in_until", "checked_in_at"),
        *("price", "cancelled_at", "fee", "reason"),
    ]
    steps = [
        Step(
            "confirmation",
            pgettext_lazy("booking", "Confirm"),
            ConfirmForm,
            "decide_bookings",
            frozenset({S.REQUESTED}),
            primary=True,
        ),
        Step(
            "refusal",
            pgettext_lazy("booking", "Decline"),
            DeclineForm,
            "decide_bookings",
            frozenset({S.REQUESTED}),
        ),
        Step(
            "check-in",
            pgettext_lazy("booking", "Check in"),
            CheckInForm,
            "check_in",
            frozenset({S.CONFIRMED}),
        ),
        Step(
            "cancellation",
            pgettext_lazy("booking", "Cancel"),
            CancelForm,
            "cancel_bookings",
            frozenset({S.REQUESTED, S.CONFIRMED}),
            note=_("The fee is what the booking's own terms say at this moment."),
        ),
    ]
