"""Certificates of all organisations: to read, to revoke, to replace, to write down those of others."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from certificates.links import address_to_verify
from certificates.models import Certificate, CertificateKind, CertificateState
from certificates.operations import ending, recording
from certificates.permissions import permissions
from certificates.presentation import LABELS
from foundation.money import NOTHING, format_number
from foundation.staff import OperationAdmin, OperationForm
from foundation.steps import Step, StepAdmin, StepForm, day_input

ISSUED = frozenset({CertificateState.ISSUED})
RECORDED = [
    ("", "---------"),
    (CertificateKind.VOCATIONAL.value, CertificateKind.VOCATIONAL.label),
    (CertificateKind.UNIVERSITY.value, CertificateKind.UNIVERSITY.label),
]


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever verifies the certificate reads it: name nobody in it."),
    )


class RevocationForm(StepForm):
    reason = reason_field()

    def operate(self) -> Any:
        return ending.revoke(
            actor=self.actor, now=self.now, certificate=self.row, **self.cleaned_data
        )


class ReplacementForm(StepForm):
    model_fields = ending.CORRECTABLE
    reason = reason_field()

    def operate(self) -> Any:
        made = ending.replace(
            actor=self.actor, now=self.now, certificate=self.row, **self.cleaned_data
        )
        self.done = _("The new one has the number %(number)s.") % {"number": made}
        return made


class RecordForm(OperationForm):
    """One that a body outside the park has given."""

    kind = forms.ChoiceField(label=_("Kind"), choices=RECORDED)
    issuer_zh = forms.CharField(
        label=_("Issuer in Chinese"),
        max_length=160,
        required=False,
        help_text=_("Of a university's certificate the issuer is the organisation itself."),
    )
    issued_on = forms.DateField(label=_("Issued on"), widget=day_input())
    expires_on = forms.DateField(label=_("Valid until"), required=False, widget=day_input())

    class Meta:
        model = Certificate
        fields = [
            *("tenant", "kind", "given_number", "holder_name", "holder_latin_name"),
            *("course_zh", "course_en", "grade", "issuer_zh", "issuer_en"),
            *("issued_on", "expires_on"),
        ]

    def operate(self) -> Certificate:
        return recording.record(actor=self.actor, now=self.now, **self.cleaned_data)


@admin.register(Certificate)
class CertificateAdmin(StepAdmin, OperationAdmin):
    permissions = permissions
    reads = "read_certificates"
    add_form, adds = RecordForm, "record_qualifications"
    list_display = [
        "shown_number",
        "tenant",
        "kind",
        "masked",
        "course_zh",
        "issued_on",
        "standing",
    ]
    list_filter = ["kind", "state"]
    list_select_related = ["tenant"]
    search_fields = [
        *("number", "given_number", "course_zh", "course_en"),
        *("tenant__name", "tenant__name_en", "tenant__slug"),
    ]
    autocomplete_fields = ["tenant"]
    ordering = ["-pk"]
    fields = [
        *("shown_number", "tenant", "kind", "standing", "holder_name", "holder_latin_name"),
        *("holder_id", "course_zh", "course_en", "teaching", "started_on", "ended_on", "grade"),
        *("issuer_zh", "issuer_en", "issued_on", "expires_on", "required", "reached"),
        *("recorded_at", "recorded_by", "replaces", "successor_of", "reason", "ended_at"),
        *("ended_by", "erased_at", "page"),
    ]
    steps = [
        Step(
            "replacement",
            _("Replace"),
            ReplacementForm,
            "end_certificates",
            ISSUED,
            note=_("A new certificate with a new number stands for this one, which leads to it."),
            when=lambda row: row.erased_at is None,
        ),
        Step(
            "revocation",
            _("Revoke"),
            RevocationForm,
            "end_certificates",
            ISSUED,
            note=_("It does not hold any more. This cannot be taken back."),
        ),
    ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What this certificate has no word for is left out."""
        found = super().get_fields(request, obj)
        return [name for name in found if obj is None or _is_told(obj, name)]

    @admin.display(description=_("number"))
    def shown_number(self, row: Certificate) -> str:
        return str(row)

    @admin.display(description=_("holder"))
    def masked(self, row: Certificate) -> str:
        return row.masked_holder or str(_("erased"))

    @admin.display(description=_("state"))
    def standing(self, row: Certificate) -> str:
        return str(LABELS[row.state_on(timezone.localdate())])

    @admin.display(description=_("hours of teaching"))
    def teaching(self, row: Certificate) -> str:
        if row.hours is None:
            return NOTHING
        known = {"hours": format_number(row.hours), "minutes": row.minutes_per_hour}
        return str(_("%(hours)s hours of %(minutes)s minutes") % known)

    @admin.display(description=_("what was required"))
    def required(self, row: Certificate) -> str:
        return _worded(row.rule)

    @admin.display(description=_("what was reached"))
    def reached(self, row: Certificate) -> str:
        return _worded(row.evidence)

    @admin.display(description=_("replaced by"))
    def successor_of(self, row: Certificate) -> str:
        return str(row.successor or NOTHING)

    @admin.display(description=_("page for everybody"))
    def page(self, row: Certificate) -> str:
        address = address_to_verify(str(row.number))
        return format_html('<a href="{}">{}</a>', address, address)


# What the apps that certify freeze into a certificate; another word is shown as it is.
WORDS = {
    "attendance_percent": _("per cent of the minutes to be attended"),
    "test_required": _("a test has to be passed"),
    "minutes_held": _("minutes held"),
    "minutes_attended": _("minutes attended"),
    "test_passed": _("test passed"),
    "test_score": _("score"),
}


def _worded(said: dict[str, Any]) -> str:
    """``minutes held: 360; minutes attended: 300``."""
    parts = [f"{WORDS.get(name, name)}: {_value(value)}" for name, value in said.items()]
    return "; ".join(parts)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return NOTHING if value is None else f"{value}"


STANDS_ON = {
    **dict.fromkeys(("page",), "number"),
    **dict.fromkeys(("required", "reached"), "rule"),
    **{
        name: name
        for name in (
            *("holder_latin_name", "holder_id", "course_en", "grade", "started_on", "ended_on"),
            *("expires_on", "replaces", "reason", "ended_at", "ended_by", "erased_at"),
            *("issuer_en", "recorded_by"),
        )
    },
    "teaching": "minutes",
    "successor_of": "successor",
}


def _is_told(row: Certificate, name: str) -> bool:
    return name not in STANDS_ON or bool(getattr(row, STANDS_ON[name]))
