"""What the staff site asks for each step of a session."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.steps import Step, StepForm
from spaces.models import Space
from tenants.kinds import TenantKind
from tenants.models import Tenant
from training.admin.shared import ReasonForm, moment_field, trainers_field
from training.models import FundingLine, Seat, SeatState, SessionKind, SessionState
from training.operations import dates, guests, offers, sessions, shares
from training.operations.booking import MOST, book
from training.rules import BOOKING_KINDS

S = SessionState
MANAGE, DECIDE = "manage_sessions", "decide_seats"
DETAILS = [
    *("code", "name_zh", "name_en", "course", "most_per_organisation"),
    *("needs_approval", "is_listed", "opens_at", "closes_at", "cancel_until", "hold_until"),
]
OPEN_DETAILS = [
    "name_zh", "name_en", "is_listed", "closes_at", "hold_until", "most_per_organisation"
]  # fmt: skip


class DetailsForm(StepForm):
    trainers = trainers_field()

    def prepare(self) -> None:
        self.initial.setdefault("trainers", self.row.trainers.all())
        is_draft = self.row.state == S.DRAFT
        self.take_fields(self.row, DETAILS if is_draft else OPEN_DETAILS)
        for field in self.fields.values():
            if isinstance(field, forms.DateTimeField):
                field.widget = moment_field("").widget

    def operate(self) -> Any:
        return sessions.change_session(
            actor=self.actor, now=self.now, session=self.row, **self.cleaned_data
        )


class DateForm(StepForm):
    starts_at = moment_field(pgettext_lazy("time", "From"))
    ends_at = moment_field(pgettext_lazy("time", "Until"))
    space = forms.ModelChoiceField(Space.objects.none(), label=_("Space"), required=False)
    place = forms.CharField(label=_("Place outside of the park"), max_length=200, required=False)

    def prepare(self) -> None:
        field: Any = self.fields["space"]
        field.queryset = Space.objects.in_use().filter(lets_by_hour=True).order_by("code")

    def operate(self) -> Any:
        return dates.add_date(actor=self.actor, now=self.now, session=self.row, **self.cleaned_data)


class CapacityForm(StepForm):
    capacity = forms.IntegerField(label=_("Seats"), min_value=1, max_value=100_000)

    def prepare(self) -> None:
        self.initial.setdefault("capacity", self.row.capacity)

    def operate(self) -> Any:
        return sessions.set_capacity(
            actor=self.actor, now=self.now, session=self.row, **self.cleaned_data
        )


class ShareForm(StepForm):
    tenant = forms.ModelChoiceField(Tenant.objects.none(), label=_("University"))
    seats = forms.IntegerField(label=_("Seats"), min_value=0, max_value=100_000)
    until = moment_field(_("Kept until"))

    def prepare(self) -> None:
        field: Any = self.fields["tenant"]
        universities = Tenant.objects.filter(kind=TenantKind.UNIVERSITY, left_at=None)
        field.queryset = universities.order_by("name")

    def operate(self) -> Any:
        return shares.set_share(
            actor=self.actor, now=self.now, session=self.row, **self.cleaned_data
        )


class GuestsForm(StepForm):
    tenant = forms.ModelChoiceField(Tenant.objects.none(), label=_("Organisation"))
    guests = forms.IntegerField(
        label=pgettext_lazy("training", "Guests"), min_value=0, max_value=100_000
    )

    def prepare(self) -> None:
        field: Any = self.fields["tenant"]
        here = Tenant.objects.filter(kind__in=BOOKING_KINDS, left_at=None)
        field.queryset = here.order_by("name")

    def operate(self) -> Any:
        return guests.allow_guests(
            actor=self.actor, now=self.now, session=self.row, **self.cleaned_data
        )


class OpenForm(StepForm):
    def operate(self) -> Any:
        return sessions.open_session(actor=self.actor, now=self.now, session=self.row)


class CloseForm(StepForm):
    def operate(self) -> Any:
        return sessions.close_session(actor=self.actor, now=self.now, session=self.row)


class StartForm(StepForm):
    def operate(self) -> Any:
        return sessions.start_session(actor=self.actor, now=self.now, session=self.row)


class FinishForm(StepForm):
    def operate(self) -> Any:
        return sessions.finish_session(actor=self.actor, now=self.now, session=self.row)


class CancelForm(ReasonForm):
    def operate(self) -> Any:
        return sessions.cancel_session(
            actor=self.actor, now=self.now, session=self.row, **self.cleaned_data
        )


class SeatsForm(StepForm):
    """Blank seats for an organisation, that it names itself; beyond what it has, with a reason."""

    tenant = forms.ModelChoiceField(Tenant.objects.none(), label=_("Organisation"))
    blanks = forms.IntegerField(label=_("Blank seats"), min_value=1, max_value=MOST)
    funding_line = forms.ModelChoiceField(
        FundingLine.objects.none(), label=_("Funding line"), required=False
    )
    overdraw = forms.CharField(
        label=_("Beyond what is left, because"),
        max_length=500,
        required=False,
        help_text=_("Blank: agreement and funding line are not overdrawn."),
    )

    def prepare(self) -> None:
        fields: Any = self.fields
        here = Tenant.objects.filter(kind__in=BOOKING_KINDS, left_at=None)
        fields["tenant"].queryset = here.order_by("name")
        fields["funding_line"].queryset = FundingLine.objects.order_by("code")

    def operate(self) -> Any:
        return book(actor=self.actor, now=self.now, session=self.row, **self.cleaned_data)


class ChosenForm(StepForm):
    """Seats of one state to choose from; all are ticked to begin with."""

    state = ""
    seats = forms.ModelMultipleChoiceField(
        Seat.objects.none(), label=_("Seats"), widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        field: Any = self.fields["seats"]
        rows = Seat.objects.filter(session=self.row, state=self.state)
        rows = rows.select_related("tenant", "learner", "membership__user")
        field.queryset = rows.order_by("-priority", "queued_at", "pk")
        field.label_from_instance = _seat_label
        field.initial = [seat.pk for seat in rows]


def _seat_label(seat: Seat) -> str:
    person = seat.learner or (seat.membership and seat.membership.user) or _("blank")
    priority = f" · {_('priority')} {seat.priority}" if seat.priority else ""
    return f"{seat.tenant.display_name} · {person}{priority}"


class ApprovalForm(ChosenForm):
    state = SeatState.REQUESTED

    def operate(self) -> Any:
        return offers.approve(
            actor=self.actor, now=self.now, seats=list(self.cleaned_data["seats"])
        )


class RefusalForm(ReasonForm, ChosenForm):
    state = SeatState.REQUESTED

    def operate(self) -> Any:
        seats = list(self.cleaned_data["seats"])
        reason = self.cleaned_data["reason"]
        return offers.decline_request(actor=self.actor, now=self.now, seats=seats, reason=reason)


class PriorityForm(ReasonForm, ChosenForm):
    state = SeatState.WAITLISTED
    priority = forms.IntegerField(
        label=_("Priority"),
        min_value=-1000,
        max_value=1000,
        help_text=_("More goes first; within one priority who has waited longest."),
    )

    def prepare(self) -> None:
        super().prepare()
        self.initial["seats"] = []
        self.fields["seats"].initial = []

    def operate(self) -> Any:
        said = {**self.cleaned_data, "seats": list(self.cleaned_data["seats"])}
        return offers.set_priority(actor=self.actor, now=self.now, **said)


def _has(state: str) -> Any:
    return lambda row: row.seats.filter(state=state).exists()


def _is_event(row: Any) -> bool:
    return bool(row.kind == SessionKind.EVENT)


def _is_open(*states: str) -> frozenset[str]:
    return frozenset(states)


LIVE = (S.OPEN, S.CLOSED)
STEPS = [
    Step("opening", _("Open for booking"), OpenForm, MANAGE, _is_open(S.DRAFT), primary=True,
         note=_("The rule of the course is frozen into the session from now on.")),
    Step("approval", pgettext_lazy("seats", "Approve"), ApprovalForm, DECIDE, _is_open(*LIVE),
         primary=True, when=_has(SeatState.REQUESTED),
         note=_("What there is no room for goes to the waiting list.")),
    Step("refusal", pgettext_lazy("seats", "Decline requests"), RefusalForm, DECIDE,
         _is_open(*LIVE), when=_has(SeatState.REQUESTED)),
    Step("date", _("Add a date"), DateForm, MANAGE, _is_open(S.DRAFT, *LIVE, S.RUNNING),
         note=_("Date and space are taken together, or neither is.")),
    Step("details", pgettext_lazy("session", "Change it"), DetailsForm, MANAGE,
         _is_open(S.DRAFT, *LIVE)),
    Step("capacity", _("Number of seats"), CapacityForm, MANAGE, _is_open(S.DRAFT, *LIVE),
         note=_("More seats go to the waiting list at once.")),
    Step("share", _("Keep seats for a university"), ShareForm, MANAGE, _is_open(S.DRAFT, S.OPEN),
         note=_("None, or a moment that is over, gives what was kept to everybody.")),
    Step("guests", _("Let an organisation bring guests"), GuestsForm, MANAGE,
         _is_open(S.DRAFT, *LIVE), when=_is_event,
         note=_("Up to so many; no place is kept for them until they are named.")),
    Step("seats", _("Book for an organisation"), SeatsForm, DECIDE, _is_open(S.OPEN)),
    Step("priority", _("Change priority"), PriorityForm, DECIDE, _is_open(*LIVE),
         when=_has(SeatState.WAITLISTED)),
    Step("closing", _("Close booking"), CloseForm, MANAGE, _is_open(S.OPEN),
         note=_("What is held, offered or asked for lapses, and the waiting list ends.")),
    Step("start", pgettext_lazy("session", "It has begun"), StartForm, MANAGE,
         _is_open(S.CLOSED), primary=True,
         note=_("Organisations that pay for their seats are charged.")),
    Step("finish", pgettext_lazy("session", "It is over"), FinishForm, MANAGE,
         _is_open(S.RUNNING), primary=True),
    Step("cancellation", pgettext_lazy("session", "Cancel it"), CancelForm, MANAGE,
         _is_open(S.DRAFT, *LIVE),
         note=_("Seats go back to agreements, rooms are free, and whoever booked is told.")),
]  # fmt: skip


def seats_address(row: Any) -> str:
    return f"{reverse('admin:training_seat_changelist')}?session__id__exact={row.pk}"
