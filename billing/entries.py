"""What billing says to the books: the legs of each event. Pure; ``docs/billing.md`` has the table.

All of them stand in the books of the organisation that owes.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from billing.models.charges import ChargeKind
from billing.models.payments import Payment, PaymentMethod
from billing.taxes import ZERO, shared
from ledger.operations.posting import Leg, credit, debit

RECEIVABLE, UNAPPLIED, DEPOSIT = "receivable", "unapplied", "deposit"
# A deposit that is asked for and not paid yet: owed by the organisation, and to nobody.
DEPOSIT_DUE = "deposit_due"
REFUNDS_DUE = "refunds_due"
WRITEOFF = "writeoff"

# (kind of charge, tax rate, amount with tax)
Part = tuple[str, Decimal, Decimal]


def billed(parts: Iterable[Part], taxes: dict[Decimal, Decimal], currency: str) -> list[Leg]:
    """A bill is issued: receivable against revenue by kind and tax by rate. ``taxes`` has the tax
    of each rate, as the paper has it."""
    return _owed(_income(list(parts), taxes, currency), currency)


Credited = tuple[Iterable[Part], dict[Decimal, Decimal]]


def credited(before: Credited, after: Credited, currency: str) -> list[Leg]:
    """A credit note is issued: what is credited of the bill in all, less what was before, the
    other way round. So the notes of a bill that is credited whole undo it account by account."""
    was = _income(list(before[0]), before[1], currency)
    now = _income(list(after[0]), after[1], currency)
    more = {code: amount - was.get(code, ZERO) for code, amount in now.items()}
    return [_turned(leg) for leg in _owed(more, currency)]


def _owed(income: dict[str, Decimal], currency: str) -> list[Leg]:
    legs = [debit(RECEIVABLE, sum(income.values(), ZERO), currency)]
    for code, amount in sorted(income.items()):
        # Below zero where the rounding of an earlier note is made good.
        if amount:
            leg = credit(code, abs(amount), currency)
            legs.append(leg if amount > 0 else _turned(leg))
    return legs


def _turned(leg: Leg) -> Leg:
    turn = credit if leg.side == "D" else debit
    return turn(leg.code, leg.amount, leg.currency)


def _income(parts: list[Part], taxes: dict[Decimal, Decimal], currency: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for rate in sorted({rate for _, rate, _ in parts}):
        gross = _by_kind(part for part in parts if part[1] == rate)
        tax = shared(taxes[rate], gross, currency)
        for kind, amount in gross.items():
            code = DEPOSIT_DUE if kind == ChargeKind.DEPOSIT else f"revenue:{kind}"
            found[code] = found.get(code, ZERO) + amount - tax[kind]
        if taxes[rate]:
            found[f"tax:{rate.normalize():f}"] = taxes[rate]
    return found


def _by_kind(parts: Iterable[Part]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for kind, _rate, amount in parts:
        found[kind] = found.get(kind, ZERO) + amount
    return found


def where_of(payment: Payment) -> str:
    """The account that a payment came into, or out of."""
    if payment.method == PaymentMethod.DEPOSIT:
        return DEPOSIT
    if payment.method == PaymentMethod.PROVIDER:
        return f"clearing:{payment.provider}"
    return bank_of(payment.account_id)


def bank_of(account_id: int | None) -> str:
    """Of the park's own account with that key; without one it is the till."""
    return f"bank:{account_id}" if account_id else "bank:cash"


def received(payment: Payment) -> list[Leg]:
    amount, currency = payment.amount, payment.currency
    return [debit(where_of(payment), amount, currency), credit(UNAPPLIED, amount, currency)]


def applied(amount: Decimal, currency: str, *, is_deposit: bool) -> list[Leg]:
    """Credit goes to a bill (or, below zero, comes back from it). Once it is paid, a deposit is
    held, and the park owes it."""
    legs = [debit(UNAPPLIED, abs(amount), currency), credit(RECEIVABLE, abs(amount), currency)]
    if is_deposit:
        legs += _now_held(abs(amount), currency)
    return legs if amount > 0 else [_turned(leg) for leg in legs]


def _now_held(amount: Decimal, currency: str) -> list[Leg]:
    return [debit(DEPOSIT_DUE, amount, currency), credit(DEPOSIT, amount, currency)]


def written_off(amount: Decimal, currency: str, *, is_deposit: bool) -> list[Leg]:
    """The park bears it: also of a deposit, which is held whole then."""
    legs = [debit(WRITEOFF, amount, currency), credit(RECEIVABLE, amount, currency)]
    return legs + _now_held(amount, currency) if is_deposit else legs


def refund_approved(amount: Decimal, currency: str) -> list[Leg]:
    return [debit(UNAPPLIED, amount, currency), credit(REFUNDS_DUE, amount, currency)]


def refund_paid(amount: Decimal, currency: str, account_id: int | None) -> list[Leg]:
    return [debit(REFUNDS_DUE, amount, currency), credit(bank_of(account_id), amount, currency)]
