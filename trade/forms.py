"""Shapes of what people choose and type about orders; rules are the operations' affair."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from foundation import countries, currencies
from foundation.errors import InvalidInput
from foundation.periods import ALL, Period, month_of, parse, year_of
from foundation.refs import pk_of, ref_of, renewed
from trade.models import Direction, ImportMapping
from trade.pipeline.rules import REQUIRED, TARGETS
from trade.queries.choices import Choices
from trade.queries.orders import OrderFilter
from trade.wizard.reading import Look

# A choice that says "none": an empty value would be one that is not made.
NONE = "-"
DELIMITERS = [
    (",", gettext_lazy("Comma ,")),
    ("\t", gettext_lazy("Tab")),
    (";", gettext_lazy("Semicolon ;")),
    ("|", gettext_lazy("Bar |")),
]


def country_choices() -> list[tuple[str, str]]:
    """By name in the reader's language, the European Union among them, the unknown last."""
    language = get_language() or "en"
    known = countries.choices(language)
    named = [(code, f"{countries.name(code, language)} ({code})") for code, _name in known[:-1]]
    named.append(("EU", f"{countries.name('EU', language)} (EU)"))
    return [*sorted(named, key=lambda pair: pair[1]), (countries.UNKNOWN, _("Unknown (ZZ)"))]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File with orders"),
        help_text=gettext_lazy(
            "CSV with at most 1,000,000 rows (256 MB), or XLSX with at most 250,000 rows. One row is one line of an order."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx", "data-drop": ""}),
        allow_empty_file=True,
        max_length=400,
    )


class ReadingForm(forms.Form):
    """Encoding, separator and sheet; only what the file leaves open is asked."""

    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"), widget=forms.RadioSelect)
    delimiter = forms.ChoiceField(
        label=gettext_lazy("Columns are separated by"), choices=DELIMITERS
    )
    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"))

    def __init__(self, *args: Any, look: Look, encodings: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        if look.kind == "xlsx":
            del self.fields["encoding"], self.fields["delimiter"]
            self.fields["sheet"].choices = [(name, name) for name in look.sheets]  # type: ignore[attr-defined]
        else:
            del self.fields["sheet"]
            self.fields["encoding"].choices = encodings  # type: ignore[attr-defined]


class MappingForm(forms.Form):
    """A column mapping: columns first, then how to read what they hold."""

    name = forms.CharField(
        label=gettext_lazy("Name of this mapping"),
        max_length=80,
        help_text=gettext_lazy("Under this name you choose it again next month."),
    )
    channel = forms.CharField(
        label=gettext_lazy("Shop or platform"),
        max_length=80,
        help_text=gettext_lazy("Order numbers are unique within it."),
    )
    fixed_currency = forms.ChoiceField(
        label=gettext_lazy("Currency of all rows"),
    )
    direction_rule = forms.ChoiceField(
        label=gettext_lazy("Direction"), choices=ImportMapping.DirectionRule.choices
    )
    home_country = forms.ChoiceField(
        label=gettext_lazy("Home country"),
    )
    decimal_sign = forms.ChoiceField(
        label=gettext_lazy("Numbers are written"),
        choices=[(sign or NONE, label) for sign, label in ImportMapping.DecimalSign.choices],
    )
    date_order = forms.ChoiceField(
        label=gettext_lazy("Dates are written"), choices=ImportMapping.DateOrder.choices
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), help_text=gettext_lazy("For times that name none.")
    )
    cancellation = forms.ChoiceField(
        label=gettext_lazy("A cancellation is"),
        choices=[
            (NONE, gettext_lazy("not in this file")),
            ("negative_quantity", gettext_lazy("a row with a negative quantity")),
            ("prefix", gettext_lazy("an order whose number starts with …")),
        ],
    )
    cancellation_prefix = forms.CharField(
        label=gettext_lazy("… these letters (cancellation)"), max_length=10, required=False
    )
    adjustment_prefix = forms.CharField(
        label=gettext_lazy("Adjustments start with these letters"), max_length=10, required=False
    )

    def __init__(self, *args: Any, look: Look, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        headers = [
            (header, _option(header, look, index)) for index, header in enumerate(look.headers)
        ]
        for target, rule in TARGETS.items():
            required = target in REQUIRED
            nothing = [("", _("Choose a column") if required else _("not in this file"))]
            self.fields[f"column_{target}"] = forms.ChoiceField(
                label=capfirst(rule.label), choices=nothing + headers, required=required
            )
        self._choose("fixed_currency", [(NONE, _("A column holds it")), *_currencies()])
        self._choose("home_country", country_choices()[:-1])
        self._choose("time_zone", [(zone, zone) for zone in sorted(available_timezones())])

    def _choose(self, name: str, options: list[tuple[str, str]]) -> None:
        self.fields[name].choices = options  # type: ignore[attr-defined]

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[f"column_{target}"] for target in TARGETS]

    @property
    def rules(self) -> list[forms.BoundField]:
        own = set(self.base_fields) - {"name", "channel"}
        return [field for field in self.visible_fields() if field.name in own]

    def values(self) -> dict[str, Any]:
        """The arguments of ``operations.save_mapping``."""
        said = self.cleaned_data | {
            # Only of these it is an option; a prefix, a name or a column's header may be a dash.
            name: ""
            for name in ("fixed_currency", "decimal_sign", "cancellation")
            if self.cleaned_data[name] == NONE
        }
        kinds = {
            "cancellation": said["cancellation"] if said["cancellation"] != "prefix" else "",
            "cancellation_prefix": said["cancellation_prefix"]
            if said["cancellation"] == "prefix"
            else "",
            "adjustment_prefix": said["adjustment_prefix"],
        }
        plain = ("direction_rule", "home_country", "decimal_sign", "date_order", "time_zone")
        return {
            "name": said["name"],
            "channel": said["channel"],
            "columns": {target: said[f"column_{target}"] for target in TARGETS},
            "currency": said["fixed_currency"],
            "kind_rules": {key: value for key, value in kinds.items() if value},
            **{name: said[name] for name in plain},
        }

    def add_refusal(self, error: InvalidInput) -> None:
        """The operation's sentences at the fields they belong to."""
        known = {**{t: f"column_{t}" for t in TARGETS}, "currency": "fixed_currency"}
        for name, sentence in error.fields.items():
            field = known.get(name, name)
            self.add_error(field if field in self.fields else None, str(sentence))
        if not error.fields:
            self.add_error(None, str(error))


def mapping_initial(mapping: ImportMapping, channel: str) -> dict[str, Any]:
    """A mapping as the form shows it."""
    kinds = mapping.kind_rules
    prefix = kinds.get("cancellation_prefix", "")
    plain = ("name", "direction_rule", "home_country", "date_order", "time_zone")
    return {
        **{name: getattr(mapping, name) for name in plain},
        **{f"column_{target}": header for target, header in mapping.columns.items()},
        "channel": channel,
        "fixed_currency": mapping.currency or NONE,
        "decimal_sign": mapping.decimal_sign or NONE,
        "cancellation": "prefix" if prefix else kinds.get("cancellation", NONE),
        "cancellation_prefix": prefix,
        "adjustment_prefix": kinds.get("adjustment_prefix", ""),
    }


class CountriesForm(forms.Form):
    """One select for each label; labels are the file's own text, so fields are numbered."""

    def __init__(self, *args: Any, labels: dict[str, str], undecided: list[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.labels = labels
        options = country_choices()
        open_ = set(undecided)
        order = sorted(labels, key=lambda label: (label not in open_, label.casefold()))
        self._names = {f"label_{number}": label for number, label in enumerate(order)}
        for name, label in self._names.items():
            blank = [("", _("Choose a country"))] if label in open_ else []
            self.fields[name] = forms.ChoiceField(
                label=label or _("(blank)"),
                choices=blank + options,
                initial="" if label in open_ else labels[label],
                required=False,
            )

    def changed(self) -> dict[str, str]:
        """Label -> code for what somebody decided anew."""
        said = {self._names[name]: code for name, code in self.cleaned_data.items() if code}
        return {
            label: code
            for label, code in said.items()
            if self.fields[self._name(label)].initial != code
        }

    def _name(self, label: str) -> str:
        return next(name for name, own in self._names.items() if own == label)


class RunForm(forms.Form):
    amount = forms.ChoiceField(
        label=gettext_lazy("What shall be imported?"),
        widget=forms.RadioSelect,
        choices=[
            ("good", gettext_lazy("The good rows; rejected rows come back as a file to mend")),
            ("all", gettext_lazy("All or nothing: one rejected row stops the import")),
        ],
        initial="good",
    )

    def __init__(self, *args: Any, rejected: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not rejected:  # Both mean the same: nothing to choose.
            self.fields["amount"].widget = forms.HiddenInput()


class ConsentForm(forms.Form):
    starts_on = forms.DateField(
        label=pgettext_lazy("day", "From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Until, this day included"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class RateUploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File with rates"),
        help_text=gettext_lazy(
            "CSV or XLSX with a column of dates and one for each currency pair, as published: USD/CNY, 100JPY/CNY, CNY/MYR. The ECB's daily file is read too."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        allow_empty_file=True,
    )


class PurposeForm(forms.Form):
    """What staff say before they see an enterprise's rows; the enterprise reads it."""

    purpose = forms.CharField(label=gettext_lazy("What for?"), max_length=200)
    q = forms.CharField(
        label=gettext_lazy("Order number or product code"), required=False, max_length=80
    )


class OrderFilterForm(forms.Form):
    """The filter of the orders list; everything in it lives in the address."""

    q = forms.CharField(
        label=gettext_lazy("Order number or product code"), required=False, max_length=80
    )
    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Sales channel"), required=False)
    direction = forms.ChoiceField(
        label=gettext_lazy("Direction"),
        choices=[("", pgettext_lazy("filter", "All")), *Direction.choices],
        required=False,
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), required=False)
    sku = forms.CharField(label=gettext_lazy("Product code"), required=False, max_length=80)
    sort = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, choices: Choices, names: dict[str, str]) -> None:
        super().__init__({**data.dict(), "channel": renewed(data.get("channel", ""), "channel")})
        every = [("", pgettext_lazy("filter", "All"))]
        asked = {name: data.get(name, "") for name in ("period", "country", "currency")}
        self._choose("period", every + period_choices(choices.months, asked["period"]))
        self._choose(
            "channel", every + [(ref_of(pk, "channel"), name) for pk, name in choices.channels]
        )
        known = sorted({*choices.countries, *filter(None, [asked["country"]])})
        self._choose("country", every + [(code, names.get(code, code)) for code in known])
        codes = sorted({*choices.currencies, *filter(None, [asked["currency"]])})
        self._choose("currency", every + [(code, code) for code in codes])
        if len(choices.channels) < 2 and not data.get("channel"):
            self.fields["channel"].widget = forms.HiddenInput()
        if len(codes) < 2 and not asked["currency"]:
            self.fields["currency"].widget = forms.HiddenInput()
        if not data.get("sku"):
            self.fields["sku"].widget = forms.HiddenInput()

    def _choose(self, name: str, options: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = options  # type: ignore[attr-defined]

    def wanted(self) -> OrderFilter:
        """What the address asks for; a value that cannot be narrows nothing."""
        self.is_valid()
        said = self.cleaned_data
        return OrderFilter(
            period=period_of(said.get("period", "")),
            country=said.get("country", ""),
            currency=said.get("currency", ""),
            channel_id=pk_of(said["channel"], "channel") if said.get("channel") else None,
            direction=said.get("direction", ""),
            sku=said.get("sku", ""),
            q=said.get("q", ""),
        )


def period_of(text: str) -> Period:
    """The period in an address, everything where it names none."""
    try:
        return parse(text) if text else ALL
    except InvalidInput:
        return ALL


def period_choices(months: list[Any], asked: str) -> list[tuple[str, str]]:
    """Each year that has orders followed by its months, newest first; the asked one too."""
    found: dict[str, str] = {}
    for month in months:
        for period in (year_of(month), month_of(month)):
            found.setdefault(str(period), period.label())
    chosen = period_of(asked)
    if asked and str(chosen) == asked:
        found.setdefault(asked, chosen.label())
    return list(found.items())


def _option(header: str, look: Look, index: int) -> str:
    samples = ", ".join(look.samples(index))
    return f"{header} — {samples[:60]}" if samples else header


def _currencies() -> list[tuple[str, str]]:
    return currencies.choices(get_language() or "en")
