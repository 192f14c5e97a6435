"""The sentences: why a file, a statement or a row was not taken, in words of bookkeeping."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from banking.reading.structure import Reason, Unreadable
from foundation.errors import Sentence
from foundation.tables.errors import TableError

LONGEST_QUOTE = 60

SENTENCES: dict[str, Sentence] = {
    "empty": _("The file is empty."),
    "too_large": _("A bank's file has at most %(megabytes)s MB. Ask the bank for shorter periods."),
    "too_many_rows": _("A bank's file has at most %(limit)s rows. Ask for shorter periods."),
    "not_xml": _("The file begins like XML but is damaged near line %(line)s. Download it again."),
    "doctype": _(
        "The file contains a document type declaration, which no bank sends. It was not opened."
    ),
    "payment_order": _(
        "This is an order to a bank or the bank's answer to one (%(kind)s), not a statement of an "
        "account."
    ),
    "swift_other": _("This is a SWIFT message %(kind)s, a payment and not a statement."),
    "no_statement": _("The file holds no statement of an account in a form that is known here."),
    "no_entries": _("The statement holds no entry and no balance, so there is nothing to take."),
    "no_account": _(
        "The statement does not say which account it is of. Choose the account and upload again."
    ),
    "account_unknown": _(
        "The statement is of the account %(account)s, which is not among the park's. Add the "
        "account, then read the file again."
    ),
    "account_other": _(
        "The statement is of the account %(account)s, not of the chosen one (%(chosen)s). Choose "
        "the right one, then read the file again."
    ),
    "account_currency": _(
        "The amounts are in %(currency)s, but the account %(account)s is not kept in it."
    ),
    "amount_too_long": _("The amount of %(day)s has more digits than any bank books."),
    "no_currency": _("Nothing says in which currency the amounts are. Choose the account first."),
    "not_an_amount": _("Entry %(place)s has the amount “%(value)s”, which is not a number."),
    "not_a_day": _("Entry %(place)s has the date “%(value)s”, which is not a day."),
    "no_amount": _("Entry %(place)s has no amount."),
    "no_day": _("Entry %(place)s has neither a booking day nor a value day."),
    "no_direction": _("Entry %(place)s does not say whether money came in or went out."),
    "both_sides": _("Row %(place)s has an amount both as money in and as money out."),
    "between_pockets": _(
        "Row %(place)s: the wallet counts this neither as income nor as expense, and its kind "
        "does not tell whether money came in or went out."
    ),
    "balance_not_a_number": _("A balance is “%(value)s”, which is not a number."),
    "balance_without_currency": _(
        "A balance has “%(value)s” where its currency should stand. Ask the bank for a whole file."
    ),
    "balance_differs": _(
        "Opening balance %(opening)s and entries of %(entries)s make %(sum)s, but the closing "
        "balance is %(closing)s: a difference of %(difference)s."
    ),
    "totals_differ": _(
        "The bank states %(stated)s for entries that make %(sum)s: a difference of %(difference)s."
    ),
    "currencies_mixed": _(
        "The account is in %(currency)s, but an entry of %(day)s is in %(other)s."
    ),
    "swift_broken": _("A field of the statement is not as SWIFT writes it: %(value)s"),
    "swift_fragment": _("This is a part of a statement without its account (field 25)."),
    "no_header": _(
        "No row names the columns for date and amount. Export the file with its column names, or "
        "name them yourself and read the file again."
    ),
    "day_order_open": _(
        "Dates such as “%(value)s” can be read day first or month first. Say which when you upload."
    ),
    "batch_kept_whole": _(
        "The batch of %(amount)s on %(day)s stays one line: its details make %(sum)s."
    ),
    "batch_without_amounts": _(
        "The batch of %(amount)s on %(day)s stays one line: not all of its details have an amount."
    ),
    "day_outside": _(
        "The entry of %(day)s lies outside the statement's days, %(first)s to %(last)s."
    ),
    "pending_left_out": _("Announced and not booked yet, so left out: %(count)s."),
    "closed_left_out": _("Closed without a payment, so left out: %(count)s."),
    "rows_left_out": _("Rows without date and amount, left out: %(count)s."),
    "statement_twice": _("Statement %(number)s stands in the file twice and was read once."),
    "sheets_left_out": _("Sheets without a table of movements: %(sheets)s."),
}


def reason(code: str, **params: Any) -> Reason:
    return Reason(code, SENTENCES[code], {key: _quoted(value) for key, value in params.items()})


def unreadable(code: str, **params: Any) -> Unreadable:
    return Unreadable(reason(code, **params))


def of_table(error: TableError) -> Reason:
    """The refusal of the house's reading of tables, as ours."""
    return Reason(error.code, error.message, {k: _quoted(v) for k, v in error.params.items()})


def _quoted(value: Any) -> Any:
    """As text that a JSON column holds, shortened where a file could make it long."""
    if isinstance(value, (int, Sentence)) and not isinstance(value, str):
        return value
    text = " ".join(str(value).replace("\0", "").split())
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
