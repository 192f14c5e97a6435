"""What a statement must agree with before its lines are taken."""

from __future__ import annotations

from decimal import Decimal

from banking.reading.reasons import reason
from banking.reading.structure import Reason, Statement
from foundation.money import format_money

MOST_REMARKS = 20
# What the ledger of lines holds: fifteen digits before the point, five after it.
PLACES, TOO_LARGE = Decimal("0.00001"), Decimal(10) ** 15


def what_is_wrong(statement: Statement) -> Reason | None:
    """Why the lines cannot be taken as they are; None where the statement agrees with itself."""
    if not statement.lines and statement.opening is None and statement.closing is None:
        return reason("no_entries")
    if any(not line.currency for line in statement.lines):
        return reason("no_currency")
    return _too_long(statement) or _mixed(statement) or _unbalanced(statement)


def remark(statement: Statement) -> None:
    """Tell what is odd and stops nothing: days outside the statement, entries not booked yet."""
    first, last = statement.first_on, statement.last_on
    for line in statement.booked if first and last and first <= last else []:
        if len(statement.remarks) >= MOST_REMARKS:
            break
        days = [day for day in (line.booked_on, line.value_on) if day]
        if all(day < first or day > last for day in days):  # type: ignore[operator]
            statement.remarks.append(
                reason("day_outside", day=line.booked_on, first=first, last=last)
            )
    if pending := len(statement.lines) - len(statement.booked):
        statement.remarks.append(reason("pending_left_out", count=pending))


def _too_long(statement: Statement) -> Reason | None:
    for line in statement.lines:
        for amount in filter(None, (line.amount, line.balance_after)):
            if abs(amount) >= TOO_LARGE or amount != amount.quantize(PLACES):
                return reason("amount_too_long", day=line.booked_on)
    for balance in filter(None, (statement.opening, statement.closing)):
        if abs(balance.amount) >= TOO_LARGE:
            return reason("amount_too_long", day=balance.on)
    return None


def _mixed(statement: Statement) -> Reason | None:
    wanted = statement.currency
    for line in statement.lines:
        wanted = wanted or line.currency
        if line.currency != wanted:
            return reason(
                "currencies_mixed", currency=wanted, other=line.currency, day=line.booked_on
            )
    return None


def _unbalanced(statement: Statement) -> Reason | None:
    opening, closing = statement.opening, statement.closing
    if opening is None or closing is None:
        return None
    if opening.currency != closing.currency:
        return reason(
            "currencies_mixed", currency=opening.currency, other=closing.currency, day=closing.on
        )
    entries = sum((line.amount for line in statement.booked), Decimal(0))
    made = opening.amount + entries
    if made == closing.amount:
        return None
    return reason(
        "balance_differs",
        opening=format_money(opening.amount, opening.currency),
        entries=format_money(entries, opening.currency),
        sum=format_money(made, opening.currency),
        closing=format_money(closing.amount, closing.currency),
        difference=format_money(closing.amount - made, closing.currency),
    )
