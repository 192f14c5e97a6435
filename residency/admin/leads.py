"""Leads in the staff site: those to be followed up first, and what can be done with each."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError
from foundation.periods import ALL, Period, parse, quarter_of, year_of
from foundation.staff import OperationAdmin, OperationForm
from foundation.steps import Step, StepAdmin, StepForm
from residency import funnel
from residency.models import FollowUpKind, Lead, LeadState, LostReason
from residency.models.leads import read_note
from residency.operations import leads as operations
from residency.permissions import permissions
from tenants.models import Membership, User

S = LeadState
ACTION = "manage_leads"
BASIC = [
    *("name", "kind", "contact_name", "contact_mobile", "contact_email", "source"),
    *("source_detail", "intention", "wanted_area", "wanted_rent", "wishes", "owner"),
]


def _staff() -> Any:
    """People who work for the park; the database shows this list to its staff alone."""
    park = Membership.objects.current().filter(tenant__kind="operator")
    return User.objects.filter(is_staff=True, is_active=True, memberships__in=park).distinct()


class LeadForm(OperationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = _staff()  # type: ignore[attr-defined]


class RecordForm(LeadForm):
    class Meta:
        model = Lead
        fields = [*BASIC, "next_follow_up_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["next_follow_up_on"].required = True
        self.fields["owner"].initial = self.actor.user_id

    def operate(self) -> Lead:
        return operations.record_lead(actor=self.actor, now=self.now, **self.cleaned_data)


class ChangeForm(LeadForm):
    class Meta:
        model = Lead
        fields = BASIC

    def operate(self) -> Lead:
        return operations.change_lead(
            actor=self.actor, now=self.now, lead=self.instance, **self.cleaned_data
        )


# -- steps ---------------------------------------------------------------------------------------


def _note(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


def _next() -> forms.DateField:
    return forms.DateField(
        label=_("Next follow-up"), widget=forms.DateInput(attrs={"type": "date"})
    )


class LeadStep(StepForm):
    """Asks for a note and the next day, and calls ``operation``."""

    operation: Any = None

    def operate(self) -> Lead:
        return type(self).operation(
            actor=self.actor, now=self.now, lead=self.row, **self.cleaned_data
        )


class FollowUpForm(LeadStep):
    operation = staticmethod(operations.follow_up)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[each for each in FollowUpKind.choices if each[0] != FollowUpKind.STATE],
    )
    note = _note(_("What was said"))
    next_on = _next()


class ParkForm(LeadStep):
    operation = staticmethod(operations.park_lead)
    note = _note(_("Why it waits"))
    next_on = _next()


class TakeUpForm(LeadStep):
    operation = staticmethod(operations.take_up_lead)
    note = _note(_("Why it is taken up again"))
    next_on = _next()


class LoseForm(LeadStep):
    operation = staticmethod(operations.lose_lead)
    reason = forms.ChoiceField(label=_("Lost because of"), choices=LostReason.choices)
    note = forms.CharField(label=_("More about it"), max_length=500)


class OpenForm(LeadStep):
    operation = staticmethod(operations.open_application)
    done = _("The application is open, and its link is on its way.")
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    language = forms.ChoiceField(label=_("Language of letters"), choices=settings.LANGUAGES)

    def prepare(self) -> None:
        self.fields["email"].initial = self.row.contact_email


class PeriodForm(forms.Form):
    """The period of the address; what cannot be read is an error and shows everything."""

    period = forms.CharField(
        label=_("Recorded in"),
        required=False,
        max_length=30,
        help_text=_("2026, 2026-Q3, 2026-09 or 2026-01-05..2026-02-03; empty shows everything."),
    )

    def clean_period(self) -> Period:
        try:
            return parse(self.cleaned_data["period"] or "all")
        except DomainError as error:
            raise forms.ValidationError(str(error)) from error


def years_up_to(today: date) -> list[Period]:
    """This quarter, this year and the one before, for one press."""
    this = year_of(today)
    return [each for each in (quarter_of(today), this, this.previous()) if each]


class StageFilter(admin.SimpleListFilter):
    """How far they came, as the funnel counts, and who is to be talked to."""

    title = _("stage")
    parameter_name = "stage"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("due", _("To be followed up today")),
            ("open", _("Open")),
            (funnel.VISITED, _("Visited")),
            (funnel.QUOTED, _("Got a quote")),
            (funnel.APPLIED, _("Applied")),
            (funnel.WON, _("Moved in")),
        ]

    def queryset(self, request: Any, queryset: Any) -> Any:
        stage = self.value()
        if stage == "due":
            return queryset.due(timezone.localdate())
        if stage == "open":
            return queryset.open()
        return funnel.at_stage(queryset, stage) if stage in funnel.STAGES else queryset


OPEN_STATES = frozenset({S.NEW, S.FOLLOWED, S.PARKED})


@admin.register(Lead)
class LeadAdmin(StepAdmin, OperationAdmin):
    permissions = permissions
    reads = "see_residency"
    add_form, adds = RecordForm, ACTION
    change_form, changes = ChangeForm, ACTION
    steps = [
        Step(
            "follow-up",
            _("Follow up"),
            FollowUpForm,
            ACTION,
            OPEN_STATES | {S.APPLYING},
            primary=True,
        ),
        Step(
            "application",
            _("Open an application for them"),
            OpenForm,
            ACTION,
            OPEN_STATES,
            note=_("They get a mail with the link; what is known already stands in the form."),
        ),
        Step("parking", _("Park it"), ParkForm, ACTION, frozenset({S.NEW, S.FOLLOWED})),
        Step("return", _("Take it up again"), TakeUpForm, ACTION, frozenset({S.PARKED, S.LOST})),
        Step("loss", _("Lost"), LoseForm, ACTION, OPEN_STATES | {S.APPLYING}),
    ]
    list_display = ["name", "kind", "state", "next_day", "owner", "source", "intention"]
    list_filter = [
        *(StageFilter, "state", "owner", "source", "kind", "intention", "lost_reason"),
        "created_at",
    ]
    list_select_related = ["owner"]
    search_fields = ["name", "contact_name", "contact_mobile", "contact_email", "source_detail"]
    # Without a next day (moved in, lost) they come last.
    ordering = ["next_follow_up_on", "-pk"]
    change_form_after_template = "residency/admin/lead.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["state", "next_follow_up_on", "why_lost"] if obj else []

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = self.get_readonly_fields(request, obj)
        return [(None, {"fields": [*shown, *BASIC, *([] if obj else ["next_follow_up_on"])]})]

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.funnel_view)
        return [path("funnel/", page, name="residency_lead_funnel"), *super().get_urls()]

    def funnel_view(self, request: Any) -> HttpResponse:
        """By source and by owner, for leads recorded in a period."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = PeriodForm(request.GET or None)
        period = form.cleaned_data["period"] if form.is_valid() else ALL
        values = {
            **self.admin_site.each_context(request),
            "title": _("Funnel"),
            "form": form,
            "period": period,
            "funnel": funnel.funnel(Lead.objects.visible_to(request.actor), period),
            "years": years_up_to(timezone.localdate()),
        }
        return render(request, "residency/admin/funnel.html", values)

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).visible_to(request.actor)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        row = self.get_object(request, object_id)
        more: dict[str, Any] = {}
        if row is not None:
            more = {
                "log": row.follow_ups.select_related("by"),
                "applications": row.applications.order_by("-pk"),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    @admin.display(description=_("next follow-up"), ordering="next_follow_up_on")
    def next_day(self, lead: Lead) -> str:
        day = lead.next_follow_up_on
        if day is None:
            return "--"
        late = day < timezone.localdate()
        return format_html('<span class="staff-error">{}</span>', day) if late else str(day)

    @admin.display(description=_("lost because of"))
    def why_lost(self, lead: Lead) -> str:
        if not lead.lost_reason:
            return "--"
        return f"{lead.get_lost_reason_display()}: {read_note(lead.lost_note)}"
