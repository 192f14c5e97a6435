"""What is typed about guests of events: many at once, one to correct, a code at the door."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.refs import pk_of
from tenants.models import Tenant
from training.models import Guest
from training.models.guests import ALPHABET, CODE_LENGTH
from training.operations.guests import MOST, Said
from training.rules import BOOKING_KINDS

# What stands between the cells of a line that is typed, or copied from a spreadsheet.
CELLS = re.compile(r"[\t,;，；]")
MOBILE = re.compile(r"^\+?[\d\s-]{6,30}$")
LONGEST = {"name": 100, "company": 200, "email": 254, "mobile": 30}


class PeopleField(forms.CharField):
    """Guests, one per line; what looks like an address or a number is one, wherever it stands."""

    widget = forms.Textarea(attrs={"rows": 6})

    def clean(self, value: Any) -> Any:
        lines = enumerate(super().clean(value).splitlines(), 1)
        found = [_said(number, line) for number, line in lines if line.strip()]
        if len(found) > MOST:
            raise ValidationError(_("At most %(most)s guests at once.") % {"most": MOST})
        return found


def _said(number: int, line: str) -> Said:
    cells = [cell.strip() for cell in CELLS.split(line) if cell.strip()]
    emails = [cell for cell in cells if "@" in cell]
    mobiles = [cell for cell in cells if MOBILE.match(cell)]
    words = [cell for cell in cells if cell not in emails and cell not in mobiles]
    if not 1 <= len(words) <= 2 or len(emails) > 1 or len(mobiles) > 1:
        raise ValidationError(
            _("Line %(line)s: a name, then where the guest comes from, one address, one number.")
            % {"line": number}
        )
    said = Said(words[0], words[1] if words[1:] else "", "".join(emails), "".join(mobiles))
    _check(number, said)
    return said


def _check(number: int, said: Said) -> None:
    if any(len(getattr(said, name)) > most for name, most in LONGEST.items()):
        raise ValidationError(_("Line %(line)s is too long.") % {"line": number})
    if said.email:
        try:
            validate_email(said.email)
        except ValidationError:
            words = _("Line %(line)s: this is no mail address: %(email)s")
            raise ValidationError(words % {"line": number, "email": said.email}) from None


class GuestsForm(forms.Form):
    people = PeopleField(
        label=pgettext_lazy("training", "Guests"),
        max_length=100_000,
        help_text=_(
            "One per line: name, where from, mail address, mobile number, separated by commas or "
            "copied from a spreadsheet. All but the name may be left out."
        ),
    )
    language = forms.ChoiceField(label=_("Language of the invitation"), choices=settings.LANGUAGES)

    def said(self) -> dict[str, Any]:
        """For ``operations.guests.add_guests``."""
        return {"said": self.cleaned_data["people"], "language": self.cleaned_data["language"]}


class StaffGuestsForm(GuestsForm):
    tenant = forms.ModelChoiceField(
        Tenant.objects.none(),
        label=pgettext_lazy("guest", "Guests of"),
        required=False,
        empty_label=_("The park"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["tenant"]
        field.queryset = Tenant.objects.filter(kind__in=BOOKING_KINDS, left_at=None).order_by(
            "name"
        )

    def said(self) -> dict[str, Any]:
        return super().said() | {"tenant": self.cleaned_data["tenant"]}


class GuestForm(forms.ModelForm):
    class Meta:
        model = Guest
        fields = ["name", "company", "email", "mobile"]

    def _post_clean(self) -> None:
        """The operation alone writes to the row."""


class CodeForm(forms.Form):
    """What a scanner or a person types: the code, or the address that stands in the picture."""

    code = forms.CharField(
        label=_("Code of the guest"),
        max_length=300,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "autocapitalize": "characters"}
        ),
    )

    def clean_code(self) -> str:
        return code_in(self.cleaned_data["code"])


def code_in(text: str) -> str:
    """The code at the end of it, whatever stands before and between."""
    plain = "".join(char for char in text.rstrip("/").rpartition("/")[2].upper() if char.isalnum())
    return plain if len(plain) == CODE_LENGTH and set(plain) <= set(ALPHABET) else ""


def guest_key(ref: str) -> int:
    """The key of a guest's ref; one that no row has for what is none."""
    try:
        return pk_of(ref, "guest")
    except ValueError:
        return 0
