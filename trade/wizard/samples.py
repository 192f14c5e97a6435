"""The template people fill in and a sample file whose mistakes are worth seeing once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO

import xlsxwriter
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.errors import Sentence
from foundation.tables.writing import write_csv
from trade.pipeline.rules import REQUIRED, TARGETS
from trade.presets import PORTAL_ORDERS

NOTES: dict[str, Sentence] = {
    "number": gettext_lazy("The same number on every row of one order."),
    "ordered_at": gettext_lazy("2026-09-05 14:08, in Chinese time; the day alone will do."),
    "sku": gettext_lazy("Your own code of the product."),
    "description": gettext_lazy("The product's name."),
    "quantity": gettext_lazy("Pieces; a negative quantity is a cancellation."),
    "unit_price": gettext_lazy("Of one piece, in the order's currency, at most four decimals."),
    "currency": gettext_lazy("Three letters of ISO 4217: USD, EUR, GBP."),
    "country": gettext_lazy("Where the goods go: two letters of ISO 3166 (US, DE) or a name."),
}
EXAMPLES = {
    "number": "A-1001",
    "ordered_at": "2026-09-05 14:08",
    "sku": "TEA-01",
    "description": "Steel vacuum flask",
    "quantity": "12",
    "unit_price": "9.60",
    "currency": "USD",
    "country": "US",
}
NOTE_WIDTH, COLUMN_WIDTH = 320, 18


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the template, as the table under the upload form explains it."""

    header: str
    label: Sentence
    note: Sentence
    example: str
    required: bool


def fields() -> list[Field]:
    return [
        Field(header, TARGETS[name].label, NOTES[name], EXAMPLES[name], _is_required(name))
        for name, header in PORTAL_ORDERS["columns"].items()
    ]


def template_csv() -> bytes:
    """The header alone: example rows would be imported by whoever forgets to remove them."""
    return _csv([])


def template_xlsx() -> bytes:
    """An empty sheet whose headers carry notes in both languages, and a sheet of examples."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E9ECEF", "bottom": 1})
        text = book.add_format({"num_format": "@"})
        orders = book.add_worksheet("Orders")
        for column, field in enumerate(fields()):
            orders.write_string(0, column, field.header, bold)
            orders.write_comment(0, column, _in_both(field), {"width": NOTE_WIDTH, "height": 90})
        # Long order numbers stay text, or the spreadsheet shortens them.
        orders.set_column(0, 0, COLUMN_WIDTH, text)
        orders.set_column(1, len(NOTES) - 1, COLUMN_WIDTH)
        orders.freeze_panes(1, 0)
        _write_notes(book, bold)
    return out.getvalue()


def sample_csv(today: date) -> bytes:
    """Two good orders, then one mistake a row; the description says which."""
    day = today.replace(day=1) - timedelta(days=1)
    day = day.replace(day=1)
    at = f"{day} 10:15:00"
    return _csv(
        [
            ["S-1001", at, "TEA-01", _("A good row"), "12", "9.60", "USD", "US"],
            ["S-1001", at, "BAG-12", _("Thousands separated: read as 1,299.00"), "1", "1,299.00", "USD", "US"],
            ["S-1002", at, "TEA-01", _("A cancellation: negative quantity"), "-2", "9.60", "USD", "US"],
            ["S-1003", at, "LMP-07", _("The quantity is a word"), "eight", "17.30", "USD", "DE"],
            ["S-1004", "yesterday", "TOY-03", _("The date is a word"), "6", "6.98", "USD", "GB"],
            ["S-1005", f"{day.year}-02-30", "TOY-03", _("No day of the calendar"), "6", "6.98", "USD", "GB"],
            ["S-1006", at, "", _("The product code is missing"), "3", "12.00", "EUR", "FR"],
            ["S-1007", at, "MAT-05", _("No currency of this name"), "4", "12.00", "EURO", "FR"],
            ["S-1008", at, "PAN-21", _("More than four decimals"), "2", "32.123456", "GBP", "GB"],
            ["S-1009", at, "SPK-02", _("Given away: the price is zero, so it is skipped"), "5", "0", "SGD", "SG"],
            ["S-1010", at, "TNT-09", _("A country that has to be looked up"), "1", "57.50", "USD", "Atlantis"],
        ]
    )  # fmt: skip


def _write_notes(book: xlsxwriter.Workbook, bold: object) -> None:
    """Each column explained in both languages; nobody imports this sheet by mistake."""
    notes = book.add_worksheet("Notes")
    for row, field in enumerate(fields()):
        notes.write_string(row, 0, field.header, bold)
        notes.write_string(row, 1, field.example)
        for column, (code, _language) in enumerate(settings.LANGUAGES, start=2):
            with translation.override(code):
                notes.write_string(row, column, _told(field))
    notes.set_column(0, 1, COLUMN_WIDTH)
    notes.set_column(2, 3, 3 * COLUMN_WIDTH)


def _in_both(field: Field) -> str:
    said = []
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            said.append(_told(field))
    return "\n".join([*said, field.example])


def _told(field: Field) -> str:
    needed = _("Required.") if field.required else _("Optional.")
    return f"{field.label}: {field.note} {needed}"


def _is_required(name: str) -> bool:
    return name in REQUIRED or name == "currency"


def _csv(rows: list[list[str]]) -> bytes:
    out = BytesIO()
    write_csv(out, list(PORTAL_ORDERS["columns"].values()), rows)
    return out.getvalue()
