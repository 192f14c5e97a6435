"""Shapes of what organisations say about their bills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models import FapiaoKind
from foundation.steps import day_input


class FapiaoForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=FapiaoKind.choices,
        widget=forms.RadioSelect,
        initial=FapiaoKind.ORDINARY,
        help_text=_("With a special VAT fapiao a general taxpayer deducts the tax in it."),
    )
    title = forms.CharField(
        label=pgettext_lazy("fapiao", "Title"),
        max_length=140,
        help_text=_("The name as it is registered."),
    )
    tax_number = forms.CharField(
        label=_("Tax number"),
        max_length=20,
        required=False,
        help_text=_("The unified social credit code; 15 to 20 digits or letters."),
    )


class StatementForm(forms.Form):
    """Of which currency, from which day to which."""

    currency = forms.ChoiceField(label=_("Currency"))
    since = forms.DateField(label=pgettext_lazy("day", "From"), widget=day_input())
    until = forms.DateField(label=pgettext_lazy("day", "Until"), widget=day_input())

    def __init__(self, *args: Any, currencies: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["currency"]
        field.choices = [(each, each) for each in currencies]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        first, last = said.get("since"), said.get("until")
        if first and last and first > last:
            self.add_error("until", _("The last day is before the first."))
        return said
