"""Bills, payments and ageing as workbooks, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.ageing import LABELS, Aged
from billing.models import Invoice, Payment
from foundation.currencies import minor_units
from foundation.errors import Sentence
from foundation.money import round_half_up
from foundation.tables.writing import Sheet, write_xlsx

# More than this is made by a job: a page must not wait for it.
DIRECT_ROWS = 5_000


def bills_xlsx(queryset: QuerySet[Invoice]) -> bytes:
    """One row a bill, in the order of the queryset, which the caller finds by ``visible_to``."""
    return workbook([Sheet(_("Bills"), bill_headers(), bill_rows(queryset))])


def bill_headers() -> list[Sentence]:
    return [
        pgettext("bill", "Number"), _("Payment reference"), _("Organisation"), _("State"),
        pgettext("bill", "Payment"), pgettext("bill", "Issued on"), _("Due on"), _("Currency"), _("Total"),
        pgettext("sum of a bill", "Paid"), pgettext("sum of a bill", "Credited"),
        pgettext("sum of a bill", "Written off"), pgettext("sum of a bill", "Open"), _("Note"),
    ]  # fmt: skip


def bill_rows(queryset: QuerySet[Invoice]) -> Iterator[list[Any]]:
    for each in queryset.select_related("tenant").iterator(2_000):
        sums = [each.total, each.paid, each.credited, each.written_off, each.open_amount]
        is_issued = each.issued_on is not None
        yield [
            each.number, each.reference, each.tenant.name, each.get_state_display(),
            str(each.payment_state.label) if is_issued else "", each.issued_on, each.due_on,
            each.currency, *(amount_cell(amount, each.currency) for amount in sums), each.note,
        ]  # fmt: skip


def payments_xlsx(queryset: QuerySet[Payment]) -> bytes:
    """One row a payment, in the order of the queryset, which the caller finds by ``visible_to``."""
    return workbook([Sheet(_("Payments"), payment_headers(), payment_rows(queryset))])


def payment_headers() -> list[Sentence]:
    return [
        _("Received on"), _("Organisation"), pgettext("payment", "How"), _("State"),
        _("Reference"), _("Currency"), _("Amount"), _("Applied to bills"), _("Paid back"),
        _("Credit"), _("Note"),
    ]  # fmt: skip


def payment_rows(queryset: QuerySet[Payment]) -> Iterator[list[Any]]:
    for each in queryset.select_related("tenant").iterator(2_000):
        sums = [each.amount, each.applied, each.refunded, each.credit]
        yield [
            each.received_on, each.tenant.name, each.get_method_display(),
            each.get_state_display(), each.reference, each.currency,
            *(amount_cell(amount, each.currency) for amount in sums), each.note,
        ]  # fmt: skip


def ageing_xlsx(rows: Iterable[Aged]) -> bytes:
    """What ``billing.ageing.ageing`` found, one row for an organisation and currency."""
    return workbook([ageing_sheet(rows)])


def ageing_sheet(rows: Iterable[Aged]) -> Sheet:
    heads = [
        _("Organisation"), _("Currency"), _("Bills"), _("Oldest due on"),
        *(str(label) for label in LABELS), _("Total"),
    ]  # fmt: skip
    return Sheet(_("Ageing"), heads, (_aged(row) for row in rows))


def _aged(row: Aged) -> list[Any]:
    sums = [amount_cell(amount, row.currency) for amount in (*row.amounts, row.total)]
    return [row.name, row.currency, row.bills, row.oldest_due_on, *sums]


def amount_cell(amount: Decimal, currency: str) -> Decimal:
    """With the decimal places of its currency, so that a column of figures lines up."""
    return round_half_up(amount, minor_units(currency))


def workbook(sheets: Iterable[Sheet]) -> bytes:
    out = BytesIO()
    write_xlsx(out, sheets)
    return out.getvalue()
