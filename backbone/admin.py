"""Jobs and outgoing messages in the staff site: to read, and to send again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from backbone import operations
from backbone.jobs import label_of
from backbone.models import Job, OutboxMessage, RetentionRule
from backbone.permissions import permissions
from backbone.retention import personal_data
from foundation.errors import DomainError
from foundation.staff import OperationAdmin, OperationForm, StaffAdmin


@admin.register(Job)
class JobAdmin(StaffAdmin):
    permissions = permissions
    reads = "see_all_jobs"
    list_display = ["label", "tenant", "state", "progress", "tries", "queued_at", "finished_at"]
    list_filter = ["state"]
    list_select_related = ["tenant"]
    search_fields = ["tenant__name", "kind", "request_id"]
    ordering = ["-pk"]
    # Not payload and result: what an organisation works on is its own affair.
    fields = [
        *("label", "tenant", "requested_by", "state", "done", "total", "note", "tries"),
        *("queued_at", "sent_at", "started_at", "heartbeat_at", "cancel_requested_at"),
        *("finished_at", "error_code", "reason", "request_id"),
    ]

    @admin.display(description=_("job"), ordering="kind")
    def label(self, job: Job) -> str:
        return str(label_of(job.kind))

    @admin.display(description=_("done"))
    def progress(self, job: Job) -> str:
        return "" if job.percent is None else f"{job.percent} %"


class Outcome(admin.SimpleListFilter):
    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("on its way")), ("given_up", _("given up")), ("done", _("done"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        narrowed = {
            "waiting": queryset.waiting,
            "given_up": queryset.given_up,
            "done": lambda: queryset.exclude(done_at=None),
        }.get(str(self.value()))
        return narrowed() if narrowed else queryset


@admin.register(OutboxMessage)
class OutboxAdmin(StaffAdmin):
    permissions = permissions
    reads = "see_outbox"
    list_display = ["kind", "tenant", "created_at", "tries", "next_at", "done_at", "given_up_at"]
    list_filter = [Outcome, "kind"]
    list_select_related = ["tenant"]
    ordering = ["-pk"]
    fields = [*list_display, "error", "request_id"]
    actions = ["resend"]

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "resend_message")

    @admin.action(description=_("Send the chosen messages again"), permissions=["resend"])
    def resend(self, request: Any, queryset: Any) -> None:
        now = timezone.now()
        for message in queryset.given_up():
            try:
                operations.resend_message(actor=request.actor, now=now, message=message)
            except DomainError as error:
                self.message_user(request, f"{message}: {error}", level="error")


class RetentionRuleForm(OperationForm):
    data = forms.ChoiceField(  # type: ignore[assignment]
        label=_("data"), widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = RetentionRule
        fields = ["data", "days", "starts_on", "source"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(k.code, f"{k.label} ({k.counted_from})") for k in personal_data()]
        self.fields["data"].choices = kinds  # type: ignore[attr-defined]

    def operate(self) -> RetentionRule:
        return operations.set_retention_rule(actor=self.actor, now=self.now, **self.cleaned_data)


@admin.register(RetentionRule)
class RetentionRuleAdmin(OperationAdmin):
    """Rules are added, never changed: a newer one takes over from its day on."""

    permissions = permissions
    reads = "see_retention"
    add_form, adds = RetentionRuleForm, "set_retention"
    list_display = ["what", "days", "starts_on", "source"]
    fields = ["what", "days", "starts_on", "source"]
    ordering = ["data", "-starts_on"]

    @admin.display(description=_("data"), ordering="data")
    def what(self, rule: RetentionRule) -> str:
        return str(rule)
