"""What the staff site asks for each step of a lease."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.steps import Step, StepForm, day_input
from leasing.models import LeaseState, LeaseUnit
from leasing.operations import approving, drafting, papers, settlement
from residency.admin.agreement_steps import CopyForm as AgreementCopyForm
from spaces.models import Space

# Where a lease that awaits its signature, or its second approval, is: ``LeaseAdmin.state_of``.
PAPERLESS, COPIED, SECOND = "paperless", "copied", "second"
S = LeaseState
UNIT = ["area", "price", "starts_on", "ends_on"]


class TermsForm(StepForm):
    model_fields = drafting.TERMS

    def operate(self) -> Any:
        return drafting.change_terms(
            actor=self.actor, now=self.now, lease=self.row, **self.cleaned_data
        )


class UnitForm(StepForm):
    space = forms.ModelChoiceField(Space.objects.none(), label=_("Unit"))

    def prepare(self) -> None:
        here = {"starts_on": self.row.starts_on, "ends_on": self.row.ends_on}
        self.take_fields(LeaseUnit(**here), UNIT)
        self.fields["area"].required = False
        self.fields["area"].help_text = _("Blank: the area of the unit.")
        let = Space.objects.in_use().filter(lets_by_lease=True, area__isnull=False)
        self.fields["space"].queryset = let.order_by("code")  # type: ignore[attr-defined]
        self.order_fields(["space", "price", "area", "starts_on", "ends_on"])

    def operate(self) -> Any:
        return drafting.add_unit(
            actor=self.actor, now=self.now, lease=self.row, **self.cleaned_data
        )


class SubmissionForm(StepForm):
    def operate(self) -> Any:
        return approving.submit(actor=self.actor, now=self.now, lease=self.row)


class ApprovalForm(StepForm):
    def operate(self) -> Any:
        return approving.approve(actor=self.actor, now=self.now, lease=self.row)


class ReasonForm(StepForm):
    """A step that asks why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class RejectionForm(ReasonForm):
    def operate(self) -> Any:
        return approving.reject(actor=self.actor, now=self.now, lease=self.row, **self.cleaned_data)


class RevisionForm(StepForm):
    def operate(self) -> Any:
        return approving.revise(actor=self.actor, now=self.now, lease=self.row)


class HoldForm(StepForm):
    def operate(self) -> Any:
        return approving.hold_again(actor=self.actor, now=self.now, lease=self.row)


class VoidForm(ReasonForm):
    def operate(self) -> Any:
        return approving.void(actor=self.actor, now=self.now, lease=self.row, **self.cleaned_data)


class PaperForm(StepForm):
    done = _("The PDF is being made; the organisation is told when it can sign.")

    def operate(self) -> Any:
        return papers.make_paper(actor=self.actor, now=self.now, lease=self.row)


class CopyForm(AgreementCopyForm):
    def operate(self) -> Any:
        file = self.cleaned_data["file"]
        return papers.upload_signed_copy(
            actor=self.actor, now=self.now, lease=self.row, file=file, name=file.name
        )


class CopyRefusalForm(ReasonForm):
    def operate(self) -> Any:
        return papers.refuse_copy(
            actor=self.actor, now=self.now, lease=self.row, **self.cleaned_data
        )


class AcceptanceForm(StepForm):
    signed_on = forms.DateField(label=_("Day of signing"), widget=day_input())
    done = _("The lease is in force.")

    def prepare(self) -> None:
        self.initial["signed_on"] = timezone.localdate()

    def operate(self) -> Any:
        return papers.bring_into_force(
            actor=self.actor, now=self.now, lease=self.row, **self.cleaned_data
        )


class RenewalForm(StepForm):
    done = _("This is the draft of the renewal.")

    def operate(self) -> Any:
        made = drafting.renew(actor=self.actor, now=self.now, lease=self.row)
        self.leads_to = reverse("admin:leasing_lease_change", args=[made.pk])
        return made


class ChangeForm(StepForm):
    starts_on = forms.DateField(label=_("From which day"), widget=day_input())
    done = _("This is the draft of the lease that takes its place.")

    def operate(self) -> Any:
        made = drafting.draft_change(
            actor=self.actor, now=self.now, lease=self.row, **self.cleaned_data
        )
        self.leads_to = reverse("admin:leasing_lease_change", args=[made.pk])
        return made


class CheckOutForm(StepForm):
    last_on = forms.DateField(label=_("Last day"), widget=day_input())
    reason = forms.CharField(
        label=_("Reason, where it is not the last day of the contract"),
        max_length=500,
        required=False,
    )

    def prepare(self) -> None:
        self.initial["last_on"] = self.row.ends_on

    def operate(self) -> Any:
        made = settlement.begin_check_out(
            actor=self.actor, now=self.now, lease=self.row, **self.cleaned_data
        )
        self.leads_to = reverse("admin:leasing_handover_change", args=[made.pk])
        return made


def _step(name: str, label: Any, form: type[StepForm], states: list[str], **more: Any) -> Step:
    return Step(name, label, form, more.pop("action", "let_spaces"), frozenset(states), **more)


STEPS = [
    _step(
        "submission", _("Put up for approval"), SubmissionForm, [S.DRAFT], primary=True,
        note=_("Whether one person approves it or two is decided by its terms."),
    ),
    _step("terms", _("Change the terms"), TermsForm, [S.DRAFT]),
    _step("unit", _("Add a unit"), UnitForm, [S.DRAFT]),
    _step(
        "approval", _("Approve"), ApprovalForm, [S.APPROVING], primary=True,
        action="approve_leases",
        note=_("With the last approval its units are held and the contract is made."),
    ),
    _step(
        "second-approval", _("Approve a second time"), ApprovalForm, [SECOND], primary=True,
        action="approve_unusual_leases",
        note=_("With the last approval its units are held and the contract is made."),
    ),
    _step(
        "rejection", _("Reject"), RejectionForm, [S.APPROVING], action="approve_leases",
    ),
    _step(
        "second-rejection", _("Reject"), RejectionForm, [SECOND],
        action="approve_unusual_leases",
    ),
    _step("revision", _("Back to the draft"), RevisionForm, [S.REJECTED], primary=True),
    _step("paper", _("Make the PDF again"), PaperForm, [PAPERLESS]),
    _step(
        "signed-copy", _("Upload the signed copy"), CopyForm, [S.AWAITING, COPIED],
        action="upload_signed_lease",
    ),
    _step(
        "acceptance", _("Accept the signed copy"), AcceptanceForm, [COPIED], primary=True,
        action="bring_into_force",
        note=_("Look at it first: every page, both signatures, both seals."),
    ),
    _step(
        "copy-refusal", _("Refuse the signed copy"), CopyRefusalForm, [COPIED],
        action="bring_into_force",
    ),
    _step(
        "hold", _("Hold the units again"), HoldForm, [PAPERLESS, S.AWAITING, COPIED],
        note=_("From now on for the usual number of days, also when the hold is over."),
    ),
    _step(
        "renewal", _("Renew"), RenewalForm, [S.EFFECTIVE],
        note=_("Copies terms and units into a draft of the term after this one."),
    ),
    _step(
        "change", _("Change"), ChangeForm, [S.EFFECTIVE],
        note=_("A new lease takes its place from a day on; both are kept side by side."),
    ),
    _step(
        "check-out", _("Begin the check-out"), CheckOutForm, [S.EFFECTIVE],
        note=_("The units stay with the organisation until the inspection is signed."),
    ),
    _step(
        "void", _("Void"), VoidForm,
        [S.DRAFT, S.APPROVING, SECOND, PAPERLESS, S.AWAITING, COPIED],
        note=_("It will never be signed; its units are free for others."),
    ),
]  # fmt: skip
