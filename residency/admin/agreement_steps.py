"""What the staff site asks for each step of an agreement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.steps import Step, StepForm, day_input
from residency.models import AgreementParty, Commitment
from residency.operations import agreement_parts as parts
from residency.operations import agreements, signing

# Where an agreement that awaits its signature is: ``AgreementAdmin.state_of``.
PAPERLESS, COPIED = "paperless", "copied"
TEXT = ["title", "title_en", "scope", "scope_en", "starts_on", "ends_on"]


class TextForm(StepForm):
    model_fields = TEXT

    def operate(self) -> Any:
        return agreements.change_draft(
            actor=self.actor, now=self.now, agreement=self.row, **self.cleaned_data
        )


class PartyForm(StepForm):
    def prepare(self) -> None:
        self.take_fields(AgreementParty(), parts.PARTY)

    def operate(self) -> Any:
        return parts.add_party(
            actor=self.actor, now=self.now, agreement=self.row, **self.cleaned_data
        )


class CommitmentForm(StepForm):
    party = forms.ModelChoiceField(AgreementParty.objects.none(), label=_("Promised by"))

    def prepare(self) -> None:
        self.take_fields(Commitment(), ["text", "owner_name", "due_on"])
        self.fields["party"].queryset = self.row.parties.all()  # type: ignore[attr-defined]

    def operate(self) -> Any:
        return parts.add_commitment(actor=self.actor, now=self.now, **self.cleaned_data)


class SignatureForm(StepForm):
    done = _("The PDF is being made; the organisation is told when it can sign.")

    def operate(self) -> Any:
        return agreements.send_for_signature(actor=self.actor, now=self.now, agreement=self.row)


class PaperForm(StepForm):
    done = _("The PDF is being made; the organisation is told when it can sign.")

    def operate(self) -> Any:
        return agreements.make_paper(actor=self.actor, now=self.now, agreement=self.row)


class DraftForm(StepForm):
    def operate(self) -> Any:
        return agreements.take_back(actor=self.actor, now=self.now, agreement=self.row)


class CopyForm(StepForm):
    file = forms.FileField(
        label=_("Signed copy"),
        help_text=_("PDF, or a picture (JPEG or PNG); at most 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        max_length=400,
        allow_empty_file=True,
    )

    def operate(self) -> Any:
        file = self.cleaned_data["file"]
        return signing.upload_signed_copy(
            actor=self.actor, now=self.now, agreement=self.row, file=file, name=file.name
        )


class AcceptanceForm(StepForm):
    signed_on = forms.DateField(label=_("Day of signing"), widget=day_input())
    done = _("The agreement is in force.")

    def prepare(self) -> None:
        self.initial["signed_on"] = timezone.localdate()

    def operate(self) -> Any:
        return agreements.bring_into_force(
            actor=self.actor, now=self.now, agreement=self.row, **self.cleaned_data
        )


class ReasonForm(StepForm):
    """A step that asks why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class RefusalForm(ReasonForm):
    def operate(self) -> Any:
        return signing.refuse_copy(
            actor=self.actor, now=self.now, agreement=self.row, **self.cleaned_data
        )


class VoidForm(ReasonForm):
    def operate(self) -> Any:
        return agreements.void_agreement(
            actor=self.actor, now=self.now, agreement=self.row, **self.cleaned_data
        )


class EndForm(ReasonForm):
    closed_on = forms.DateField(label=_("Last day"), widget=day_input())

    def prepare(self) -> None:
        self.initial["closed_on"] = min(self.row.ends_on, timezone.localdate())

    def operate(self) -> Any:
        return agreements.end_agreement(
            actor=self.actor, now=self.now, agreement=self.row, **self.cleaned_data
        )


class RenewalForm(StepForm):
    done = _("This is the draft of the renewal.")

    def operate(self) -> Any:
        made = agreements.renew_agreement(actor=self.actor, now=self.now, agreement=self.row)
        self.leads_to = reverse("admin:residency_agreement_change", args=[made.pk])
        return made


MANAGE = "manage_agreements"
DRAFT, AWAITING, EFFECTIVE, ENDED = "draft", "awaiting", "effective", "ended"


def _step(name: str, label: Any, form: type[StepForm], states: list[str], **more: Any) -> Step:
    return Step(name, label, form, more.pop("action", MANAGE), frozenset(states), **more)


STEPS = [
    _step(
        "signature", _("Final: make the PDF to sign"), SignatureForm, [DRAFT], primary=True,
        note=_("From then on the words stand. The PDF has both languages and room for seals."),
    ),
    _step("text", _("Change the text"), TextForm, [DRAFT]),
    _step("party", _("Add a party"), PartyForm, [DRAFT]),
    _step(
        "commitment", _("Add a commitment"), CommitmentForm, [DRAFT, EFFECTIVE],
        note=_("What one side promises, who sees to it and until when."),
    ),
    _step("paper", _("Make the PDF again"), PaperForm, [PAPERLESS]),
    _step(
        "signed-copy", _("Upload the signed copy"), CopyForm, [AWAITING, COPIED],
        action="upload_signed_copy",
    ),
    _step(
        "acceptance", _("Accept the signed copy"), AcceptanceForm, [COPIED], primary=True,
        note=_("Look at it first: every page, both signatures, both seals."),
    ),
    _step("refusal", _("Refuse the signed copy"), RefusalForm, [COPIED]),
    _step(
        "draft", _("Back to the draft"), DraftForm, [PAPERLESS, AWAITING],
        note=_("The words can be changed again; the PDF is made anew afterwards."),
    ),
    _step(
        "renewal", _("Renew"), RenewalForm, [EFFECTIVE, ENDED],
        note=_("Copies words and parties into a draft of the term after this one."),
    ),
    _step("end", _("End the agreement"), EndForm, [EFFECTIVE]),
    _step(
        "void", _("Void"), VoidForm, [DRAFT, PAPERLESS, AWAITING, COPIED],
        note=_("It will never be signed. An application that waits for it is an offer again."),
    ),
]  # fmt: skip
