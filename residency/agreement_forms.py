"""Shapes of what organisations send about agreements; rules are the operations' affair."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from residency.models import Commitment


class SignedCopyForm(forms.Form):
    file = forms.FileField(
        label=_("Signed copy"),
        help_text=_(
            "Print the PDF, sign and seal it, scan all pages. PDF, or a picture (JPEG or PNG); "
            "at most 20 MB."
        ),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        max_length=400,
        allow_empty_file=True,
    )


class ProgressForm(forms.ModelForm):
    class Meta:
        model = Commitment
        fields = ["progress", "note"]
        widgets = {"progress": forms.NumberInput(attrs={"min": 0, "max": 100})}

    note = forms.CharField(label=_("What was done"), max_length=500)
