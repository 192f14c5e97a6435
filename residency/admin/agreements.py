"""The register of agreements in the staff site."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from foundation.staff import OperationAdmin, OperationForm, ReadInline
from foundation.steps import Step, StepAdmin, StepForm
from residency.admin.agreement_steps import COPIED, PAPERLESS, STEPS
from residency.admin.papers import file_link
from residency.models import Agreement, AgreementParty, AgreementState, Commitment
from residency.operations import agreement_parts as parts
from residency.operations import agreements
from residency.permissions import permissions

SEARCHED = ["tenant__name", "tenant__name_en", "tenant__slug"]


class AgreementForm(OperationForm):
    class Meta:
        model = Agreement
        fields = [
            *("tenant", "kind", "title", "title_en", "scope", "scope_en"),
            *("starts_on", "ends_on"),
        ]

    def operate(self) -> Agreement:
        return agreements.draft_agreement(actor=self.actor, now=self.now, **self.cleaned_data)


class PartyInline(ReadInline):
    model = AgreementParty
    fields = [
        *("side", "name", "name_en", "signatory", "signatory_title"),
        *("contact_name", "contact_mobile", "contact_email", "page"),
    ]
    readonly_fields = fields


class CommitmentInline(ReadInline):
    model = Commitment
    fields = ["party", "text", "owner_name", "due_on", "progress", "note", "page"]
    readonly_fields = fields


class Ending(admin.SimpleListFilter):
    title = _("term")
    parameter_name = "term"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("over", _("over, but in force")), ("90", _("ends within 90 days"))]

    def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:
        today = timezone.localdate()
        in_force = queryset.filter(state=AgreementState.EFFECTIVE)
        if self.value() == "over":
            return in_force.filter(ends_on__lt=today)
        if self.value() == "90":
            until = today + timedelta(days=90)
            return in_force.filter(ends_on__range=(today, until))
        return queryset


@admin.register(Agreement)
class AgreementAdmin(StepAdmin, OperationAdmin):
    permissions = permissions
    reads = "read_agreements"
    add_form, adds = AgreementForm, "manage_agreements"
    steps = STEPS
    list_display = ["number", "tenant", "kind", "title", "state", "starts_on", "ends_on"]
    list_filter = ["kind", "state", Ending]
    list_select_related = ["tenant"]
    search_fields = ["number", "title", "title_en", *SEARCHED]
    autocomplete_fields = ["tenant"]
    ordering = ["-starts_on", "-pk"]
    inlines = [PartyInline, CommitmentInline]
    fields = [
        *("number", "tenant", "kind", "state", "title", "title_en", "scope", "scope_en"),
        *("starts_on", "ends_on", "text_file", "copy_file", "copy_refusal", "signed_on"),
        *("previous", "closed_on", "closing_reason", "made_by", "created_at"),
    ]

    def state_of(self, row: Agreement) -> str:
        if row.state != AgreementState.AWAITING:
            return row.state
        if row.document_id is None:
            return PAPERLESS
        return COPIED if row.signed_copy_id else row.state

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.inlines if obj else []

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """To the draft, where parties and commitments are added."""
        return redirect(self.row_url(obj))

    @admin.display(description=_("made by"))
    def made_by(self, row: Agreement) -> str:
        return str(row.created_by or "--")

    @admin.display(description=_("text"))
    def text_file(self, row: Agreement) -> str:
        return file_link(row.document)

    @admin.display(description=_("signed copy"))
    def copy_file(self, row: Agreement) -> str:
        return file_link(row.signed_copy)


class PartyChangeForm(StepForm):
    model_fields = parts.PARTY

    def operate(self) -> Any:
        return parts.change_party(
            actor=self.actor, now=self.now, party=self.row, **self.cleaned_data
        )


class PartyRemovalForm(StepForm):
    def operate(self) -> Any:
        self.leads_to = _page_of(self.row.agreement_id)
        return parts.remove_party(actor=self.actor, now=self.now, party=self.row)


class OfAgreementAdmin(StepAdmin):
    """Parties and commitments: they move with the state of their agreement."""

    permissions = permissions
    reads = "read_agreements"
    list_select_related = ["agreement", "tenant"]

    def state_of(self, row: Any) -> str:
        return str(row.agreement.state)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False


FINAL = frozenset({"draft", "awaiting", "effective"})
MANAGE = "manage_agreements"


@admin.register(AgreementParty)
class PartyAdmin(OfAgreementAdmin):
    steps = [
        Step(
            "change",
            _("Change the party"),
            PartyChangeForm,
            MANAGE,
            FINAL,
            note=_("Once the agreement is final only the contact person can be changed."),
        ),
        Step("removal", _("Take the party out"), PartyRemovalForm, MANAGE, frozenset({"draft"})),
    ]
    list_display = ["name", "agreement", "side", "signatory", "contact_name"]
    search_fields = ["name", "name_en", "contact_name", *SEARCHED]
    ordering = ["-pk"]
    fields = ["agreement", "side", *parts.PARTY]


class CommitmentChangeForm(StepForm):
    model_fields = ["text", "owner_name", "due_on"]

    def operate(self) -> Any:
        return parts.change_commitment(
            actor=self.actor, now=self.now, commitment=self.row, **self.cleaned_data
        )


class ProgressForm(StepForm):
    model_fields = ["progress", "note"]

    def prepare(self) -> None:
        self.fields["progress"].widget = forms.NumberInput(attrs={"min": 0, "max": 100})

    def operate(self) -> Any:
        return parts.tell_progress(
            actor=self.actor, now=self.now, commitment=self.row, **self.cleaned_data
        )


class CommitmentRemovalForm(StepForm):
    def operate(self) -> Any:
        self.leads_to = _page_of(self.row.agreement_id)
        return parts.remove_commitment(actor=self.actor, now=self.now, commitment=self.row)


class Overdue(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "due"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("overdue")), ("open", _("open"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() == "overdue":
            return queryset.overdue(timezone.localdate())
        return queryset.open() if self.value() == "open" else queryset


@admin.register(Commitment)
class CommitmentAdmin(OfAgreementAdmin):
    """What was promised over all agreements, next due first."""

    steps = [
        Step(
            "progress",
            _("Tell the progress"),
            ProgressForm,
            "tell_progress",
            frozenset({"effective"}),
            primary=True,
        ),
        Step("change", _("Change the commitment"), CommitmentChangeForm, MANAGE, FINAL),
        Step(
            "removal", _("Take the commitment out"), CommitmentRemovalForm, MANAGE,
            frozenset({"draft"}),
        ),
    ]  # fmt: skip
    list_display = ["text", "organisation", "party", "owner_name", "due_on", "progress", "is_late"]
    list_filter = [Overdue]
    list_select_related = ["agreement", "tenant", "party"]
    search_fields = ["text", "owner_name", "agreement__number", *SEARCHED]
    ordering = ["due_on", "pk"]
    fields = [
        *("organisation", "agreement", "party", "text", "owner_name", "due_on"),
        *("progress", "note", "changed_at"),
    ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.reads)

    @admin.display(description=_("organisation"), ordering="tenant__name")
    def organisation(self, row: Commitment) -> str:
        return str(row.tenant)

    @admin.display(description="")
    def is_late(self, row: Commitment) -> str:
        if row.agreement.state == AgreementState.EFFECTIVE and row.is_overdue(_today()):
            return format_html('<strong class="staff-error">{}</strong>', _("overdue"))
        return ""


def _today() -> date:
    return timezone.localdate()


def _page_of(agreement_id: int) -> str:
    return reverse("admin:residency_agreement_change", args=[agreement_id])
