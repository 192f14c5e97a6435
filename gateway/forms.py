"""What people choose when they make or roll a key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gateway.operations import roles_for_keys
from gateway.scopes import scopes
from tenants.kinds import Role

DAYS = (30, 90, 180, 365)


class KeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Which program uses it, such as: stock system of the warehouse."),
    )
    role = forms.ChoiceField(
        label=_("Acts as"),
        help_text=_("The key can do at most what a colleague with this role can."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("No more than it needs."),
    )
    days = forms.TypedChoiceField(label=_("Valid for"), coerce=int, initial=90)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(role, Role(role).label) for role in roles_for_keys(kind)]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["role"].initial = Role.MEMBER
        self.fields["scopes"].choices = list(scopes().items())  # type: ignore[attr-defined]
        # Here and not in the class: a number put into a lazy plural is put in at once.
        days = [(n, ngettext("%d day", "%d days", n) % n) for n in DAYS]
        self.fields["days"].choices = days  # type: ignore[attr-defined]


class RollForm(forms.Form):
    overlap = forms.TypedChoiceField(
        label=_("The old key"),
        coerce=lambda hours: timedelta(hours=int(hours)),
        initial=24,
        choices=[
            (24, _("works for one more day")),
            (168, _("works for one more week")),
            (0, _("stops at once")),
        ],
    )
