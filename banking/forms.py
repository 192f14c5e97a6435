"""What is asked when a bank's file is uploaded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from banking.models import BankAccount, StatementFile
from banking.reading.door import LARGEST_BYTES

ACCEPTED = ".xml,.sta,.mt940,.940,.942,.txt,.csv,.tsv,.xls,.xlsx,.ofx,.qfx"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        max_length=400,
        allow_empty_file=True,
        help_text=_(
            "camt.052, .053 or .054, MT940, MT942, OFX, or a table as the bank or wallet exports "
            "it (CSV, .xls, .xlsx), up to %(megabytes)s MB."
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )
    account = forms.ModelChoiceField(
        BankAccount.objects.none(),
        label=_("Account"),
        required=False,
        help_text=_("Needed where the file does not say it, as most tables."),
    )
    date_order = forms.ChoiceField(
        label=_("Order of day and month"),
        required=False,
        help_text=_("Only where the file leaves it open."),
    )
    take = forms.BooleanField(
        label=_("Take the lines at once, without looking at them first"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account: Any = self.fields["account"]
        account.queryset = BankAccount.objects.in_use()
        order: Any = self.fields["date_order"]
        shown = StatementFile._meta.get_field("date_order").choices or ()
        order.choices = [("", _("as the file shows")), *shown]
        file = self.fields["file"]
        file.help_text = file.help_text % {"megabytes": LARGEST_BYTES // (1024 * 1024)}
