"""Exits in the staff site: the queue, the exit check of each, and its steps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminSelectWidget

from foundation.staff import OperationAdmin, OperationForm
from foundation.steps import Step, StepAdmin, StepForm
from residency.exit_check import blocking, exit_check
from residency.exit_pages import ShownExit, open_lines, shown_checks, waiver_label
from residency.models import Exit, ExitState, Stay, Waiver
from residency.operations import exits, waivers
from residency.permissions import permissions

DAY = forms.DateInput(attrs={"type": "date"})
CHECKED = frozenset({ExitState.CLEARANCE, ExitState.INSPECTION, ExitState.SETTLEMENT})
WITHDRAWABLE = frozenset({ExitState.REQUESTED, ExitState.NOTICE, ExitState.CLEARANCE})


class RequestForm(OperationForm):
    stay = forms.ModelChoiceField(
        Stay.objects.none(), label=_("organisation"), widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = Exit
        fields = ["stay", "leaves_on", "reason", "reason_note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = Stay.objects.present().select_related("tenant").order_by("tenant__name")
        self.fields["stay"].queryset = present  # type: ignore[attr-defined]

    def operate(self) -> Exit:
        return exits.request_exit(actor=self.actor, now=self.now, **self.cleaned_data)


class NoticeForm(StepForm):
    leaves_on = forms.DateField(label=_("Last day in the park"), widget=DAY)

    def prepare(self) -> None:
        self.fields["leaves_on"].initial = self.row.leaves_on

    def operate(self) -> Any:
        return exits.give_notice(
            actor=self.actor, now=self.now, park_exit=self.row, **self.cleaned_data
        )


class BeginForm(StepForm):
    def operate(self) -> Any:
        return exits.begin_exit_check(actor=self.actor, now=self.now, park_exit=self.row)


class PassForm(StepForm):
    def operate(self) -> Any:
        return exits.pass_exit_check(actor=self.actor, now=self.now, park_exit=self.row)


class InspectionForm(StepForm):
    def operate(self) -> Any:
        return exits.pass_inspection(actor=self.actor, now=self.now, park_exit=self.row)


class FinishForm(StepForm):
    def operate(self) -> Any:
        return exits.finish_exit(actor=self.actor, now=self.now, park_exit=self.row)


class WithdrawForm(StepForm):
    reason = forms.CharField(label=_("Why withdrawn"), max_length=500)

    def operate(self) -> Any:
        return exits.withdraw_exit(
            actor=self.actor, now=self.now, park_exit=self.row, **self.cleaned_data
        )


class AskWaiverForm(StepForm):
    item = forms.ChoiceField(label=_("Open item"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why it may pass"), max_length=500)

    def prepare(self) -> None:
        checks = exit_check(self.row.tenant, self.row, self.now)
        self.items = {i.identity: i for i in blocking(checks) if i.waiver is None}
        choices = [(name, str(item.item)) for name, item in self.items.items()]
        self.fields["item"].choices = choices  # type: ignore[attr-defined]

    def operate(self) -> Any:
        wanted = self.items[self.cleaned_data["item"]]
        return waivers.ask_waiver(
            actor=self.actor,
            now=self.now,
            park_exit=self.row,
            app=wanted.app,
            code=wanted.item.code,
            key=wanted.item.key,
            reason=self.cleaned_data["reason"],
        )


class GiveWaiverForm(StepForm):
    waiver = forms.ChoiceField(label=_("Open item"), widget=forms.RadioSelect)

    def prepare(self) -> None:
        self.asked = {
            str(waiver.pk): waiver
            for waiver in self.row.waivers.filter(given_at=None).select_related("asked_by", "exit")
        }
        choices = [(name, waiver_label(waiver)) for name, waiver in self.asked.items()]
        self.fields["waiver"].choices = choices  # type: ignore[attr-defined]

    def operate(self) -> Waiver:
        waiver = self.asked[self.cleaned_data["waiver"]]
        return waivers.give_waiver(actor=self.actor, now=self.now, waiver=waiver)


@admin.register(Exit)
class ExitAdmin(StepAdmin, OperationAdmin):
    permissions = permissions
    reads = "see_residency"
    add_form, adds = RequestForm, "request_exit"
    list_display = ["tenant", "state", "leaves_on", "requested_at", "notice_on"]
    list_filter = ["state", "reason"]
    list_select_related = ["tenant"]
    search_fields = ["tenant__name", "tenant__name_en", "tenant__slug"]
    ordering = ["leaves_on", "pk"]
    fields = [
        *("tenant", "state", "leaves_on", "reason", "reason_note", "requested_by"),
        *("requested_at", "notice_on", "withdrawn_reason", "left_at"),
    ]
    change_form_outer_after_template = "residency/staff_exit.html"
    steps = [
        Step(
            "notice", _("Confirm the last day"), NoticeForm, "advance_exit",
            frozenset({ExitState.REQUESTED}), primary=True,
            note=_("From then on the organisation is leaving. Its owners are told."),
        ),
        Step(
            "exit-check", _("Begin the exit check"), BeginForm, "advance_exit",
            frozenset({ExitState.NOTICE}), primary=True,
            note=_("What blocks is settled or waived before the space is inspected."),
        ),
        Step(
            "passing", _("Pass the exit check"), PassForm, "advance_exit",
            frozenset({ExitState.CLEARANCE}), primary=True,
            note=_("Possible when nothing blocks any more, or what blocks was waived."),
        ),
        Step(
            "inspection", _("Confirm the inspection of the space"), InspectionForm, "advance_exit",
            frozenset({ExitState.INSPECTION}), primary=True,
            note=_("The space was seen, and what was found is agreed with the organisation."),
        ),
        Step(
            "leaving", _("Complete the exit"), FinishForm, "advance_exit",
            frozenset({ExitState.SETTLEMENT}), primary=True,
            note=_(
                "The exit check is made once more. Then the stay is over, the accounts only "
                "read, and API keys, invitations and consents end. This cannot be undone."
            ),
        ),
        Step(
            "waiver-request", _("Ask for a waiver"), AskWaiverForm, "ask_waiver", CHECKED,
            note=_("A second person decides whether the item may pass."),
        ),
        Step(
            "waiver", _("Give a waiver"), GiveWaiverForm, "give_waiver", CHECKED,
            note=_("Whoever asked for it cannot give it."),
        ),
        Step(
            "withdrawal", _("Withdraw the exit"), WithdrawForm, "advance_exit", WITHDRAWABLE,
            note=_("The organisation stays. Its owners are told, with the reason."),
        ),
    ]  # fmt: skip

    class Media:
        css = {"all": ["staff-pages.css"]}
        js = ["staff.js"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("tenant", "stay", "requested_by")

    def offered(self, request: HttpRequest, row: Any) -> list[Step]:
        """A waiver is given where one was asked for."""
        asked = row.waivers.filter(given_at=None).exists()
        return [step for step in super().offered(request, row) if asked or step.name != "waiver"]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        more = self._shown(request, object_id)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def _shown(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request):
            return {}
        now = timezone.now()
        checks = shown_checks(row.tenant, row, now) if row.left_at is None else []
        return {
            "shown": ShownExit(row, row.tenant, now),
            "checks": checks,
            "reminder": reminder(row, open_lines(checks)),
            "organisation_url": reverse("admin:organisation", args=[row.tenant_id]),
        }


def reminder(park_exit: Exit, lines: list[str]) -> str:
    """A text for WeChat; "" when nothing blocks."""
    if not lines:
        return ""
    path = reverse("residency:exit", kwargs={"tenant": park_exit.tenant.slug})
    words = ngettext(
        "%(name)s: before you leave the park on %(day)s, %(count)s item is open: %(items)s. "
        "Please settle it here: %(link)s",
        "%(name)s: before you leave the park on %(day)s, %(count)s items are open: %(items)s. "
        "Please settle them here: %(link)s",
        len(lines),
    )
    return words % {
        "name": park_exit.tenant.display_name,
        "day": f"{park_exit.leaves_on:%Y-%m-%d}",
        "count": len(lines),
        "items": "; ".join(lines),
        "link": f"{settings.PORTAL_URL}{path}",
    }
