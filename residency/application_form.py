"""The form of an application: its sections, and how what was typed is judged.

What is typed is kept as it is (``Application.draft``), so the same form is read in two ways.
Loosely, section by section, only what is malformed is an error. Strictly, when it is submitted,
so is what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from foundation import countries, registration
from foundation.errors import InvalidInput, Sentence
from residency.kinds import (
    ALWAYS_OPTIONAL,
    NOT_ASKED,
    OPTIONAL,
    SERVICES,
    SPACES,
    Question,
    questions_of,
)
from residency.models import Application

Typed = Mapping[str, Any]
SECTIONS: dict[str, tuple[Sentence, tuple[str, ...]]] = {
    "company": (
        pgettext_lazy("section", "Company"),
        (
            *("country", "name", "name_en", "registration_number", "legal_person"),
            *("registered_address", "founded_on", "business_scope"),
        ),
    ),
    "contact": (
        pgettext_lazy("section", "Contact"),
        ("contact_name", "contact_mobile", "contact_email"),
    ),
    "business": (
        pgettext_lazy("section", "Business"),
        ("headcount", "volume", "platforms", "countries"),
    ),
    "wishes": (
        pgettext_lazy("section", "Wishes"),
        ("wanted_space", "wanted_area", "wanted_from", "services"),
    ),
}
# The section that the questions of a kind belong to.
QUESTIONED = "business"
MOST_PLATFORMS = 30
SEPARATORS = re.compile(r"[,，、;；\n]+")
MOBILE = RegexValidator(
    r"^\+?[0-9][0-9 \-]{5,18}\Z", _("Write the number with digits, such as +86 138 0000 1234.")
)


class ManyField(forms.CharField):
    """Several words in one box, between commas or lines; the value is a list."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        words = [" ".join(word.split()) for word in SEPARATORS.split(text)]
        return self.judged([*dict.fromkeys(word for word in words if word)])

    def judged(self, words: list[str]) -> list[str]:
        if len(words) > MOST_PLATFORMS:
            raise forms.ValidationError(
                _("At most %(limit)s, please."), params={"limit": MOST_PLATFORMS}
            )
        if any(len(word) > 60 for word in words):
            raise forms.ValidationError(_("Each name has at most 60 characters."))
        return words


class CountriesField(ManyField):
    """Names in Chinese or English, or codes; the value is a list of codes."""

    def judged(self, words: list[str]) -> list[str]:
        known = countries.by_name()
        found = {word: known.get(word.casefold()) or word.upper() for word in words}
        unknown = [word for word, code in found.items() if code not in countries.CODES]
        if unknown:
            raise forms.ValidationError(
                _("Not a country that is known here: %(names)s."),
                params={"names": ", ".join(unknown)},
            )
        return [*dict.fromkeys(found.values())]


def _text(label: Any, limit: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=limit, **options)


def _long(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), **options
    )


def _number(label: Any, **options: Any) -> forms.DecimalField:
    """As text, so that what is no number yet comes back as it was typed."""
    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    limits = {"max_digits": 14, "decimal_places": 2, "min_value": 0}
    return forms.DecimalField(label=label, localize=True, widget=widget, **(limits | options))


def _day(label: Any) -> forms.DateField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.DateField(label=label, widget=widget, help_text=_("Such as 2026-09-05."))


def _many(label: Any, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple
    )


def _one(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "---------"), *choices])


def _countries() -> list[tuple[str, str]]:
    """China first, the others by name."""
    known = [pair for pair in countries.choices(get_language() or "en") if pair[0] != "ZZ"]
    return sorted(known, key=lambda pair: (pair[0] != "CN", pair[1]))


class ApplicationForm(forms.Form):
    """All that anybody may be asked; an application's own form has what its kind is."""

    use_required_attribute = False

    country = forms.ChoiceField(label=_("Country of registration"), choices=_countries)
    name = _text(_("Registered name"), 200)
    name_en = _text(_("English name"), 200)
    registration_number = _text(
        _("Registration number"),
        32,
        help_text=_("In China the Unified Social Credit Code with 18 characters."),
    )
    legal_person = _text(_("Legal representative"), 100)
    registered_address = _text(_("Registered address"), 300)
    founded_on = _day(_("Founded on"))
    business_scope = _long(_("Business"))
    contact_name = _text(_("Contact person"), 100)
    contact_mobile = _text(_("Mobile number"), 20, validators=[MOBILE])
    contact_email = forms.EmailField(label=_("E-mail address"), max_length=254)
    headcount = forms.IntegerField(
        label=_("Number of people"),
        min_value=0,
        max_value=1_000_000,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    volume = _number(
        _("Cross-border sales of the last 12 months (CNY)"),
        help_text=_("0 when there were none yet."),
    )
    platforms = ManyField(
        label=_("Platforms sold on"),
        max_length=2000,
        help_text=_("With commas between them, such as Amazon, Shopee, own shop."),
    )
    countries = CountriesField(
        label=_("Countries sold to"),
        max_length=4000,
        help_text=_("With commas between them, such as Germany, 日本, SG."),
    )
    wanted_space = _one(_("Wanted space"), SPACES)
    wanted_area = _number(_("Wanted area (m²)"), max_digits=10)
    wanted_from = _day(_("From when on"))
    services = _many(_("Services you would use"), SERVICES)

    def __init__(
        self, application: Application, names: Iterable[str], *, strict: bool, **options: Any
    ) -> None:
        super().__init__(**options)
        self.application = application
        self.fields |= {q.field: _of_question(q) for q in _questions(application)}
        wanted = [*names]
        self.fields = {name: self.fields[name] for name in wanted}
        needed = required(application)
        for name, field in self.fields.items():
            field.required = name in needed
        self.strict = strict

    def full_clean(self) -> None:
        """Loosely, an answer that is missing is no error yet."""
        super().full_clean()
        if self.strict or not self.is_bound:
            return
        for name, errors in [*self.errors.as_data().items()]:
            if all(error.code == "required" for error in errors):
                del self.errors[name]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        number = values.get("registration_number")
        if number:
            country = values.get("country") or self.application.draft.get("country") or "CN"
            try:
                values["registration_number"] = registration.validate(country, number)
            except InvalidInput as error:
                self.add_error("registration_number", str(error))
        return values


def _of_question(question: Question) -> forms.Field:
    makers: dict[str, Any] = {
        "text": lambda label: _text(label, 300),
        "long": _long,
        "number": _number,
        "yes_no": lambda label: forms.BooleanField(label=label),
        "one": lambda label: _one(label, question.choices),
        "many": lambda label: _many(label, question.choices),
    }
    field: forms.Field = makers[question.answer](question.label)
    field.help_text = str(question.help)
    return field


def _questions(application: Application) -> Iterable[Question]:
    return questions_of(application.kind, application.form_version)


def required(application: Application) -> frozenset[str]:
    """The names of what has to be said before it is submitted."""
    optional = OPTIONAL.get(application.kind, frozenset()) | ALWAYS_OPTIONAL
    columns = {name for name in asked(application) if name not in optional}
    besides = {q.field for q in _questions(application)}
    needed = {q.field for q in _questions(application) if q.is_required}
    return frozenset(columns - besides | needed)


def asked(application: Application, section: str = "") -> list[str]:
    """The names of what the application is asked, in all sections or in one, in order."""
    hidden = NOT_ASKED.get(application.kind, frozenset())
    found = []
    for code, (_title, names) in SECTIONS.items():
        if section in ("", code):
            found += [name for name in names if name not in hidden]
            found += [q.field for q in _questions(application)] if code == QUESTIONED else []
    return found


def as_sent(typed: Typed) -> MultiValueDict[str, Any]:
    """A draft in the shape of what a browser sends."""
    lists = {key: value if isinstance(value, list) else [value] for key, value in typed.items()}
    return MultiValueDict(lists)


def judged(application: Application, section: str = "") -> ApplicationForm:
    """The draft read strictly: its ``errors`` say what is missing or malformed."""
    names = asked(application, section)
    return ApplicationForm(application, names, strict=True, data=as_sent(application.draft))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one section is: what is said of all that must be, and what is not right yet."""

    code: str
    title: Sentence
    said: int
    asked: int
    missing: Sequence[tuple[str, Sentence, str]]

    @property
    def is_complete(self) -> bool:
        return not self.missing


def progress(application: Application) -> list[Progress]:
    return [_progress(application, code) for code in SECTIONS]


def _progress(application: Application, code: str) -> Progress:
    form = judged(application, code)
    missing = [
        (name, form.fields[name].label or "", _more_than_missing(errors))
        for name, errors in form.errors.as_data().items()
        if name in form.fields
    ]
    required = {name for name, field in form.fields.items() if field.required}
    said = len(required - {name for name, _label, _why in missing})
    return Progress(code, SECTIONS[code][0], said, len(required), missing)


def _more_than_missing(errors: Sequence[forms.ValidationError]) -> str:
    """Why an answer cannot be read; that it is missing, its name in the list says."""
    return "" if errors[0].code == "required" else str(errors[0].messages[0])
