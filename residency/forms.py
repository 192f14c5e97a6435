"""Forms of the applicants' pages that are not the application itself."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from residency.kinds import ApplicantKind


class BeginForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("You apply as"), choices=ApplicantKind.choices, widget=forms.RadioSelect
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The link to come back goes there, and every letter of the park."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    language = forms.ChoiceField(label=_("Language of letters"), choices=settings.LANGUAGES)


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why (helps the park, may stay empty)"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PaperForm(forms.Form):
    file = forms.FileField(label=_("File"), allow_empty_file=True)
