"""Shapes of what is typed about certificates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates.models import EXPIRED, Certificate, CertificateKind, CertificateState
from certificates.numbers import LONGEST_TYPED
from certificates.queries import CertificateFilter
from foundation.steps import day_input

EVERY = ("", _("All"))
STATES = [
    EVERY,
    (CertificateState.ISSUED.value, pgettext_lazy("certificate", "Valid")),
    (EXPIRED, pgettext_lazy("certificate", "Expired")),
    (CertificateState.REVOKED.value, CertificateState.REVOKED.label),
    (CertificateState.REPLACED.value, CertificateState.REPLACED.label),
]


class NumberForm(forms.Form):
    """What stands on the paper; spaces, dashes and small letters do not matter."""

    number = forms.CharField(
        label=_("Number of the certificate"),
        max_length=LONGEST_TYPED,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("It stands on the certificate and looks like PC-2026-7KQ4M2XN-5."),
    )


class CertificateFilterForm(forms.Form):
    """Lives in the address; what cannot be is left out of the filter."""

    q = forms.CharField(label=_("Search"), required=False, max_length=80)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[EVERY, *CertificateKind.choices]
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    since = forms.DateField(label=_("Issued from"), required=False, widget=day_input())
    until = forms.DateField(label=_("Issued until"), required=False, widget=day_input())

    def wanted(self) -> CertificateFilter:
        self.is_valid()
        said = self.cleaned_data
        return CertificateFilter(**{name: said[name] for name in self.fields if said.get(name)})


def _column(name: str) -> Any:
    return Certificate._meta.get_field(name)


def words(name: str, *, required: bool = True) -> forms.CharField:
    """A field for a column of text, named as the column is."""
    column = _column(name)
    return forms.CharField(
        label=capfirst(str(column.verbose_name)), max_length=column.max_length, required=required
    )


class GivenNumberForm(forms.Form):
    """A certificate that the university itself gave, with its own number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("given_number", "holder_name", "course_zh"):
            self.fields[name] = words(name)
        for name in ("course_en", "grade"):
            self.fields[name] = words(name, required=False)
        self.fields["issued_on"] = forms.DateField(label=_("Issued on"), widget=day_input())
        self.fields["expires_on"] = forms.DateField(
            label=_("Valid until"), required=False, widget=day_input()
        )
