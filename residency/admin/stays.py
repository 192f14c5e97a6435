"""Stays, extensions and tasks in the staff site."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from foundation.staff import OperationAdmin, OperationForm, ReadInline
from foundation.steps import Step, StepAdmin, StepForm, day_input
from residency.admin.agreement_steps import ReasonForm
from residency.admin.agreements import SEARCHED
from residency.board import NOTICE_DAYS
from residency.models import Extension, Stay, StayState, Task
from residency.operations import stays
from residency.operations.tasks import BEFORE, BY_HAND, close_task
from residency.permissions import permissions
from residency.tasks import kind_of
from tenants.models import User

HERE = frozenset({StayState.RESIDENT, StayState.SUSPENDED})


def park_people() -> QuerySet[User]:
    """Whom an organisation may call."""
    return User.objects.filter(is_staff=True, is_active=True).order_by("full_name", "pk")


def closed_by(task: Task) -> str:
    """Who or what closed it, in words."""
    if task.closed_at is None:
        return "--"
    if task.closed_by_event == BY_HAND:
        return str(task.closed_by or _("by hand"))
    return str(_("was done before") if task.closed_by_event == BEFORE else _("by itself"))


class StayForm(OperationForm):
    """Who was in the park before the portal; others come by their application."""

    class Meta:
        model = Stay
        fields = ["tenant", "kind", "starts_on", "ends_on", "contact"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = park_people()  # type: ignore[attr-defined]

    def operate(self) -> Stay:
        return stays.record_stay(actor=self.actor, now=self.now, **self.cleaned_data)


class ExtensionForm(ReasonForm):
    ends_on = forms.DateField(label=_("New last day"), widget=day_input())

    def operate(self) -> Any:
        return stays.extend_stay(actor=self.actor, now=self.now, stay=self.row, **self.cleaned_data)


class SuspensionForm(ReasonForm):
    def operate(self) -> Any:
        return stays.suspend_stay(
            actor=self.actor, now=self.now, stay=self.row, **self.cleaned_data
        )


class ResumptionForm(ReasonForm):
    def operate(self) -> Any:
        return stays.resume_stay(actor=self.actor, now=self.now, stay=self.row, **self.cleaned_data)


class ContactForm(StepForm):
    contact = forms.ModelChoiceField(User.objects.none(), label=capfirst(_("looked after by")))

    def prepare(self) -> None:
        self.fields["contact"].queryset = park_people()  # type: ignore[attr-defined]
        self.initial["contact"] = self.row.contact_id

    def operate(self) -> Any:
        return stays.look_after(actor=self.actor, now=self.now, stay=self.row, **self.cleaned_data)


class ExtensionInline(ReadInline):
    model = Extension
    fields = ["before_on", "after_on", "reason", "by", "at"]
    readonly_fields = fields


class TaskInline(ReadInline):
    model = Task
    fields = ["label", "due_on", "closed_at", "how", "page"]
    readonly_fields = fields

    @admin.display(description=_("task"))
    def label(self, task: Task) -> str:
        return str(task)

    @admin.display(description=_("closed by"))
    def how(self, task: Task) -> str:
        return closed_by(task)


class Ending(admin.SimpleListFilter):
    """The columns of the board, each the smallest that fits."""

    title = _("time left")
    parameter_name = "left"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        over = ("over", _("over"))
        days = [(str(each), _("at most %(days)s days") % {"days": each}) for each in NOTICE_DAYS]
        return [over, *days]

    def queryset(self, request: Any, queryset: Any) -> Any:
        today = timezone.localdate()
        if self.value() == "over":
            return queryset.expired(today)
        if self.value() in [str(each) for each in NOTICE_DAYS]:
            until = today + timedelta(days=int(self.value() or 0))
            return queryset.present().filter(ends_on__range=(today, until))
        return queryset


@admin.register(Stay)
class StayAdmin(StepAdmin, OperationAdmin):
    permissions = permissions
    reads = "see_residency"
    add_form, adds = StayForm, "manage_stays"
    steps = [
        Step(
            "extension", _("Extend"), ExtensionForm, "manage_stays", HERE,
            note=_("Without a new agreement. A renewal that is signed extends the stay by itself."),
        ),
        Step(
            "suspension", _("Suspend"), SuspensionForm, "manage_stays",
            frozenset({StayState.RESIDENT}),
            note=_(
                "New bookings and new seats are blocked until it is resumed; what is booked "
                "stays, and so do pages, files and requests."
            ),
        ),
        Step(
            "resumption", _("Resume"), ResumptionForm, "manage_stays",
            frozenset({StayState.SUSPENDED}), primary=True,
        ),
        Step(
            "contact", _("Change who looks after it"), ContactForm, "manage_stays",
            HERE | {StayState.LEAVING},
        ),
    ]  # fmt: skip
    list_display = ["tenant", "state", "kind", "starts_on", "ends_on", "days_left", "contact"]
    list_filter = ["state", "kind", Ending]
    list_select_related = ["tenant", "contact"]
    search_fields = SEARCHED
    autocomplete_fields = ["tenant"]
    ordering = ["ends_on", "pk"]
    inlines = [ExtensionInline, TaskInline]
    actions_list = ["board"]
    fields = [
        *("tenant", "state", "kind", "starts_on", "ends_on", "days_left", "contact"),
        *("suspended_reason", "resumed_reason", "left_on"),
    ]

    @action(description=_("Renewal board"), url_path="to-board", icon="event_repeat")
    def board(self, request: Any) -> HttpResponse:
        return redirect("admin:renewal_board")

    def get_inlines(self, request: Any, obj: Any = None) -> list[Any]:
        return self.inlines if obj else []

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return redirect(self.row_url(obj))

    @admin.display(description=_("days left"), ordering="ends_on")
    def days_left(self, stay: Stay) -> str:
        if stay.state == StayState.LEFT:
            return "--"
        return str((stay.ends_on - timezone.localdate()).days)


class DoneForm(StepForm):
    def operate(self) -> Any:
        return close_task(actor=self.actor, now=self.now, task=self.row)


class TaskState(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("overdue")), ("open", _("open")), ("done", _("done"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() == "overdue":
            return queryset.overdue(timezone.localdate())
        if self.value() == "open":
            return queryset.open()
        return queryset.exclude(closed_at=None) if self.value() == "done" else queryset


@admin.register(Task)
class TaskAdmin(StepAdmin):
    permissions = permissions
    reads = "see_residency"
    steps = [
        Step("completion", _("It is done"), DoneForm, "close_tasks", frozenset({"by hand"})),
    ]
    list_display = ["label", "tenant", "due_on", "closed_at", "how"]
    list_filter = [TaskState]
    list_select_related = ["tenant", "closed_by"]
    search_fields = SEARCHED
    ordering = ["due_on", "pk"]
    fields = [
        *("label", "tenant", "stay", "opened_at", "due_on"),
        *("closed_at", "how"),
    ]

    def state_of(self, row: Task) -> str:
        kind = kind_of(row.code)
        if row.closed_at is not None:
            return "done"
        return "by hand" if kind and kind.is_by_hand else "by itself"

    @admin.display(description=_("task"), ordering="code")
    def label(self, task: Task) -> str:
        return str(task)

    @admin.display(description=_("closed by"))
    def how(self, task: Task) -> str:
        return closed_by(task)
