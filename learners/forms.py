"""Shapes of what is chosen and typed about learners; what a value may be is in ``values``."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.money import format_number
from foundation.tables.encodings import LABELS
from learners.models import Learner, LearnerState
from learners.queries import Choices, LearnerFilter
from learners.roster.reading import LARGEST_BYTES, MOST_ROWS
from learners.values import FIELDS, REQUIRED, label_of

ALL = "all"
CONSENTS = [
    ("", _("All")),
    ("given", pgettext_lazy("consent", "Given")),
    ("none", pgettext_lazy("consent", "Missing or taken back")),
    ("withdrawn", pgettext_lazy("consent", "Taken back")),
]
STATES = [("", LearnerState.ACTIVE.label), ("left", LearnerState.LEFT.label), (ALL, _("All"))]


class LearnerFilterForm(forms.Form):
    """Lives in the address; what cannot be is left out of the filter."""

    q = forms.CharField(label=_("Search"), required=False, max_length=80)
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    entry_year = forms.ChoiceField(label=_("Entry year"), required=False)
    consent = forms.ChoiceField(label=_("Consent"), required=False, choices=CONSENTS)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("All"))]
        programme: Any = self.fields["programme"]
        programme.choices = every + [(name, name) for name in choices.programmes]
        year: Any = self.fields["entry_year"]
        year.choices = every + [(str(year), str(year)) for year in choices.years]

    def wanted(self) -> LearnerFilter:
        self.is_valid()
        said = self.cleaned_data
        state = said.get("state", "")
        return LearnerFilter(
            q=said.get("q", ""),
            programme=said.get("programme", ""),
            entry_year=int(said["entry_year"]) if said.get("entry_year") else None,
            state="" if state == ALL else state or LearnerState.ACTIVE,
            consent=said.get("consent", ""),
        )


class LearnerForm(forms.Form):
    """One person; the operation says what a number or a name may be."""

    def __init__(self, *args: Any, learner: Learner | None = None, **kwargs: Any) -> None:
        if learner is not None:
            kwargs["initial"] = {name: getattr(learner, name) for name in FIELDS}
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            self.fields[name] = _field(name)


def _field(name: str) -> forms.Field:
    kinds = {
        "mobile": forms.TextInput({"type": "tel"}),
        "email": forms.EmailInput(),
        "entry_year": forms.NumberInput(),
    }
    limit: Any = getattr(Learner._meta.get_field(name), "max_length", None)
    return forms.CharField(
        label=capfirst(str(label_of(name))),
        required=name in REQUIRED,
        max_length=limit,
        widget=kinds.get(name, forms.TextInput()),
    )


class RosterForm(forms.Form):
    file = forms.FileField(
        label=_("Roster"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx", "data-drop": ""}),
        allow_empty_file=True,
        max_length=400,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = {"rows": format_number(MOST_ROWS), "megabytes": LARGEST_BYTES // 1024**2}
        told = _(
            "CSV or XLSX, at most %(rows)s rows and %(megabytes)s MB. One row is one learner; the "
            "first row names the columns, in Chinese or English."
        )
        self.fields["file"].help_text = str(told) % limits


class RosterReadingForm(forms.Form):
    """Encoding or sheet; only what the file leaves open is asked."""

    encoding = forms.ChoiceField(label=_("Encoding"), widget=forms.RadioSelect)
    sheet = forms.ChoiceField(label=_("Sheet"))

    def __init__(self, *args: Any, encodings: list[str], sheets: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        encoding: Any = self.fields["encoding"]
        encoding.choices = [(name, LABELS[name]) for name in encodings]
        sheet: Any = self.fields["sheet"]
        sheet.choices = [(name, name) for name in sheets]
        for name, offered in (("encoding", encodings), ("sheet", sheets)):
            if not offered:
                del self.fields[name]


class ApplyForm(forms.Form):
    """All rows or the good ones, and whether the university declares consent for them."""

    amount = forms.ChoiceField(label=_("Which rows"), widget=forms.RadioSelect)
    declares_consent = forms.BooleanField(
        label=_("These learners have agreed to the text below, on paper for instance"),
        help_text=_(
            "Your name is recorded with it. Whoever took the consent back is left out: only they "
            "can give it again."
        ),
        required=False,
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)

    def __init__(self, *args: Any, wrong: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount: Any = self.fields["amount"]
        amount.choices = [
            ("good", _("The rows without fault")),
            ("all", _("All rows, or none while one is wrong")),
        ]
        if not wrong:
            del self.fields["amount"]

    @property
    def only_good(self) -> bool:
        return bool(self.cleaned_data.get("amount") == "good")
