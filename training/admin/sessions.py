"""Sessions and their dates in the staff site."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.staff import OperationAdmin, OperationForm, ReadInline
from foundation.staff_table import table
from foundation.steps import Step, StepAdmin, StepForm
from spaces.queries import day_span
from training.admin.session_steps import STEPS, DateForm, seats_address
from training.admin.shared import moment_field, trainers_field
from training.models import (
    GuestAllowance,
    Seat,
    SeatState,
    Session,
    SessionDate,
    SessionKind,
    SessionShare,
)
from training.operations import dates, sessions
from training.operations.dates import CHANGEABLE
from training.permissions import permissions
from training.room import count
from training.views.desk import SHOWN

# Of the dates that stand.
FIRST = Subquery(
    SessionDate.objects.filter(session=OuterRef("pk"), cancelled_at=None)
    .order_by("starts_at")
    .values("starts_at")[:1]
)
MOMENTS = ("opens_at", "closes_at", "cancel_until", "hold_until")


class SessionForm(OperationForm):
    opens_at = moment_field(_("Booking opens"))
    closes_at = moment_field(_("Booking and change of names until"))
    cancel_until = moment_field(_("Cancellation without loss until"))
    hold_until = moment_field(_("Blank seats are held until"))
    trainers = trainers_field()

    class Meta:
        model = Session
        fields = [
            *("code", "kind", "course", "name_zh", "name_en", "capacity"),
            *("most_per_organisation", "needs_approval", "is_listed", *MOMENTS),
        ]

    def operate(self) -> Session:
        return sessions.add_session(actor=self.actor, now=self.now, **self.cleaned_data)


class DateInline(ReadInline):
    model = SessionDate
    verbose_name_plural = pgettext_lazy("session", "dates")
    fields = ["starts_at", "ends_at", "space", "place", "cancelled_at", "page"]
    readonly_fields = fields


class ShareInline(ReadInline):
    model = SessionShare
    verbose_name_plural = _("kept for universities")
    fields = ["tenant", "seats", "until"]
    readonly_fields = fields


class GuestsInline(ReadInline):
    model = GuestAllowance
    verbose_name_plural = _("guests that organisations may bring")
    fields = ["tenant", "guests"]
    readonly_fields = fields


class WhenFilter(admin.SimpleListFilter):
    title = _("when")
    parameter_name = "when"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("asked", _("Seats wait for the park's word")), ("due", _("A step is due"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() == "asked":
            asked = Seat.objects.filter(state=SeatState.REQUESTED).values("session")
            return queryset.filter(pk__in=asked)
        return queryset.due(timezone.now()) if self.value() == "due" else queryset


@admin.register(Session)
class SessionAdmin(StepAdmin, OperationAdmin):
    permissions = permissions
    reads = "see_training"
    adds = "manage_sessions"
    add_form = SessionForm
    steps = STEPS
    list_display = ["title", "code", "state", "first", "capacity", "taken"]
    list_filter = [WhenFilter, "state", "kind", "course__programme"]
    list_select_related = ["course"]
    # Drafts without a date, then the latest first.
    ordering = [FIRST.desc(nulls_first=True)]
    search_fields = ["code", "name_zh", "name_en", "course__name_zh", "course__name_en"]
    inlines = [DateInline, ShareInline]
    fields = [
        *("code", "kind", "course", "name_zh", "name_en", "state", "capacity", "seats_now"),
        *("most_per_organisation", "needs_approval", "is_listed", *MOMENTS, "teachers"),
        *("hours", "price", "attendance_percent", "test_required", "certificate_kind"),
        *("opened_at", "closing_reason", "attendance", "guests"),
    ]

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is None:
            return []
        is_event = obj.kind == SessionKind.EVENT
        return [*self.inlines, GuestsInline] if is_event else self.inlines

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """To the draft, where dates are added."""
        return redirect(self.row_url(obj))

    def get_queryset(self, request: HttpRequest) -> Any:
        now = timezone.now()
        mine = Seat.objects.filter(session=OuterRef("pk")).taken(now).order_by()
        number = mine.values("session").annotate(number=Count("pk")).values("number")
        rows = super().get_queryset(request)
        return rows.annotate(taken_now=Coalesce(Subquery(number), 0), first_at=FIRST)

    @admin.display(description=_("title"))
    def title(self, row: Session) -> str:
        return row.title

    @admin.display(description=_("first date"), ordering="first_at")
    def first(self, row: Session) -> Any:
        return row.first_at  # type: ignore[attr-defined]

    @admin.display(description=pgettext_lazy("seats", "taken"))
    def taken(self, row: Session) -> int:
        return int(row.taken_now)  # type: ignore[attr-defined]

    @admin.display(description=pgettext_lazy("training", "hours"))
    def hours(self, row: Session) -> Any:
        return row.hours

    @admin.display(description=_("attendance and certificates"))
    def attendance(self, row: Session) -> str:
        """Where the roll is called and the session settled."""
        if row.state not in SHOWN:
            return "--"
        address = reverse("admin:attendance_session", kwargs={"pk": row.pk})
        return format_html('<a class="staff-button" href="{}">{}</a>', address, _("Open"))

    @admin.display(description=pgettext_lazy("training", "guests"))
    def guests(self, row: Session) -> str:
        """Where they are invited, and let in."""
        if row.kind != SessionKind.EVENT:
            return "--"
        address = reverse("admin:event_guests", kwargs={"pk": row.pk})
        return format_html('<a class="staff-button" href="{}">{}</a>', address, _("Open"))

    @admin.display(description=_("trainers"))
    def teachers(self, row: Session) -> str:
        return ", ".join(map(str, row.trainers.all())) or "--"

    @admin.display(description=_("seats now"))
    def seats_now(self, row: Session) -> Any:
        """The arithmetic, and the way to the rows."""
        room = count(row, timezone.now())
        lines = [
            [capfirst(_("seats")), row.capacity],
            [capfirst(_("taken")), room.seats],
            [capfirst(_("guests")), room.guests],
            [capfirst(_("kept for universities")), room.kept()],
            [capfirst(_("free for everybody")), room.free - room.kept()],
        ]
        shown = table([_("Seats"), _("Number")], lines)
        link = format_html(
            '<a class="staff-button" href="{}">{}</a>', seats_address(row), _("All seats")
        )
        return format_html("{}{}", shown, link)


class MoveForm(DateForm):
    def prepare(self) -> None:
        super().prepare()
        for name in ("starts_at", "ends_at", "space", "place"):
            self.initial.setdefault(name, getattr(self.row, name))

    def operate(self) -> Any:
        return dates.move_date(actor=self.actor, now=self.now, date=self.row, **self.cleaned_data)


class CancelDateForm(StepForm):
    def operate(self) -> Any:
        return dates.cancel_date(actor=self.actor, now=self.now, date=self.row)


class TodayFilter(admin.SimpleListFilter):
    title = _("when")
    parameter_name = "when"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("today", _("Today"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() == "today":
            return queryset.between(*day_span(timezone.localdate()))
        return queryset


@admin.register(SessionDate)
class SessionDateAdmin(StepAdmin):
    permissions = permissions
    reads = "see_training"
    list_display = ["session", "starts_at", "ends_at", "space", "place", "cancelled_at"]
    list_select_related = ["session__course", "space"]
    list_filter = [TodayFilter, "session__state"]
    search_fields = ["session__code", "space__code"]
    fields = ["session", "starts_at", "ends_at", "space", "place", "cancelled_at"]
    steps = [
        Step(
            "time",
            _("Another time or space"),
            MoveForm,
            "manage_sessions",
            frozenset({"standing"}),
            primary=True,
            note=_("What it had is free in the same moment; whoever booked is told."),
        ),
        Step(
            "cancellation",
            pgettext_lazy("session", "Cancel this date"),
            CancelDateForm,
            "manage_sessions",
            frozenset({"standing"}),
        ),
    ]

    def state_of(self, row: SessionDate) -> str:
        can_change = row.cancelled_at is None and row.session.state in CHANGEABLE
        return "standing" if can_change else "settled"
