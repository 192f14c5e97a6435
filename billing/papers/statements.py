"""The statement of account as PDF, in both languages, and as a workbook in the reader's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from billing.ageing import LABELS as AGES
from billing.letterhead import Letterhead
from billing.papers.bilingual import both, figure, names, words
from billing.papers.bills import TEXTS as OF_BILLS
from billing.papers.lists import ageing_sheet, amount_cell, workbook
from billing.statements import StatementOfAccount
from foundation.errors import Sentence
from foundation.money import format_money
from foundation.pdf import render
from foundation.tables.writing import Sheet

TEXTS: dict[str, Sentence] = {
    "title": gettext_lazy("Statement of account"),
    "period": gettext_lazy("Period"),
    "currency": gettext_lazy("Currency"),
    "date": gettext_lazy("Date"),
    "kind": gettext_lazy("Kind"),
    "reference": gettext_lazy("Reference"),
    "due": gettext_lazy("Due on"),
    "charged": pgettext_lazy("column of a statement", "Charged"),
    "settled": pgettext_lazy("column of a statement", "Paid or credited"),
    "balance": gettext_lazy("Balance"),
    "opening": gettext_lazy("Opening balance"),
    "closing": gettext_lazy("Closing balance"),
    "sums": gettext_lazy("Sums of the period"),
    "ageing": gettext_lazy("Open bills by age, at the end of the period"),
    "total": gettext_lazy("Total"),
    "credit": gettext_lazy("Paid, and on no bill yet"),
    "sign": gettext_lazy(
        "A balance above zero is owed to the park, one below zero is the organisation's credit."
    ),
} | {name: OF_BILLS[name] for name in ("park", "payer", "registration")}


def statement_pdf(statement: StatementOfAccount) -> bytes:
    """Both languages on one paper. Raises foundation.pdf.MissingFonts."""
    return render("billing/statement", statement_data(statement), language="zh-hans")


def statement_data(own: StatementOfAccount) -> dict[str, Any]:
    """What the template prints: figures and dates ready to print."""
    sides = Letterhead().parties(own.tenant, own.currency)
    return {
        "texts": words(TEXTS),
        "names": [names(sides["park"]), names(sides["payer"])],
        "period": f"{own.since} – {own.until}",
        "currency": own.currency,
        "opening": figure(own.opening, own.currency),
        "closing": format_money(own.closing, own.currency),
        "sums": [figure(own.charged, own.currency), figure(own.settled, own.currency)],
        "rows": [
            [
                row.on.isoformat(), both(row.label), row.number,
                row.due_on.isoformat() if row.due_on else "", figure(row.charged, own.currency),
                figure(row.settled, own.currency), figure(row.balance, own.currency),
            ]
            for row in own.rows
        ],
        "credit": format_money(own.credit, own.currency) if own.credit else "",
        "ages": [both(label) for label in AGES],
        "aged": [figure(each, own.currency) for each in (*own.aged.amounts, own.aged.total)],
    }  # fmt: skip


def statement_xlsx(statement: StatementOfAccount) -> bytes:
    """The rows between the two balances, and a sheet with the ages of open bills."""
    heads = [
        _("Date"), _("Kind"), _("Reference"), _("Due on"), _("Currency"),
        pgettext("column of a statement", "Charged"),
        pgettext("column of a statement", "Paid or credited"), _("Balance"),
    ]  # fmt: skip
    return workbook(
        [Sheet(_("Statement"), heads, _cells(statement)), ageing_sheet([statement.aged])]
    )


def _cells(own: StatementOfAccount) -> Iterator[list[Any]]:
    opening, closing = (amount_cell(each, own.currency) for each in (own.opening, own.closing))
    yield [own.since, _("Opening balance"), "", None, own.currency, None, None, opening]
    for row in own.rows:
        sums = [row.charged, row.settled, row.balance]
        yield [
            row.on, str(row.label), row.number, row.due_on, own.currency,
            *(None if each is None else amount_cell(each, own.currency) for each in sums),
        ]  # fmt: skip
    yield [own.until, _("Closing balance"), "", None, own.currency, None, None, closing]
