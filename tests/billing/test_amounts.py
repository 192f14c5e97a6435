"""Amounts against exact fractions: lines, taxes, totals, credit notes agree to the minor unit."""

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest

from billing import entries
from billing.models import ChargeKind, CreditNote
from billing.models import InvoiceTax as Tax
from billing.operations import issuing
from billing.taxes import shared, sums_by_rate, tax_in, tax_to_credit
from foundation.currencies import minor_units
from foundation.money import quantize
from ledger.operations.posting import Leg
from tests.billing.making import (
    NOW,
    D,
    anew,
    balances,
    charged,
    credited,
    lines_of,
    overview,
    right,
    taxed,
)
from tests.proof import FULL
from tests.spaces.making import office

CASES, STORED = (10_000, 60) if FULL else (400, 6)
CURRENCIES = ["CNY", "CNY", "USD", "JPY", "KWD"]
RATES = [D(rate) for rate in ("0", "1", "3", "5", "6", "9", "13", "0.50", "17.25", "99.99")]
KINDS = [kind for kind in ChargeKind.values if kind != ChargeKind.DEPOSIT]


def half_up(exact: Fraction, currency: str) -> Decimal:
    """Of what is not below zero; by whole numbers alone."""
    places = minor_units(currency)
    return Decimal(floor(exact * 10**places + Fraction(1, 2))).scaleb(-places)


def unit_of(currency: str) -> Decimal:
    return Decimal(1).scaleb(-minor_units(currency))


def is_whole(amount: Decimal, currency: str) -> bool:
    return amount == quantize(amount, currency)


Line = tuple[str, Decimal, Decimal]


class Paper:
    """A bill by its figures, and what is credited of it."""

    def __init__(self, dice: random.Random) -> None:
        self.currency = dice.choice(CURRENCIES)
        rates = dice.sample(RATES, dice.randint(1, 3))
        self.lines = [self._line(dice, rates) for _each in range(dice.randint(1, 9))]
        sums = sums_by_rate([(rate, amount) for _kind, rate, amount in self.lines], self.currency)
        self.gross = {each.rate: each.gross for each in sums}
        self.tax = {each.rate: each.tax for each in sums}
        self.credited = [Decimal(0)] * len(self.lines)
        self.tax_credited = dict.fromkeys(self.tax, Decimal(0))
        self.books: dict[str, Decimal] = defaultdict(Decimal)

    def _line(self, dice: random.Random, rates: list[Decimal]) -> Line:
        quantity = Decimal(dice.choice([1, 1, 3, dice.randint(1, 9_999_999)])).scaleb(
            -dice.choice([0, 0, 4])
        )
        price = Decimal(dice.randint(1, 10 ** dice.randint(1, 12))).scaleb(-dice.randint(0, 6))
        amount = quantize(quantity * price, self.currency)
        assert amount == half_up(Fraction(quantity) * Fraction(price), self.currency)
        return dice.choice(KINDS), dice.choice(rates), max(amount, unit_of(self.currency))

    @property
    def total(self) -> Decimal:
        return sum((amount for _kind, _rate, amount in self.lines), Decimal(0))

    def so_far(self) -> entries.Credited:
        parts = [
            (kind, rate, credited)
            for (kind, rate, _amount), credited in zip(self.lines, self.credited, strict=True)
            if credited
        ]
        return parts, dict(self.tax_credited)

    def post(self, legs: list[Leg]) -> None:
        assert all(leg.amount > 0 and is_whole(leg.amount, self.currency) for leg in legs)
        for leg in legs:
            self.books[leg.code] += leg.amount if leg.side == "D" else -leg.amount
        assert sum(self.books.values()) == 0

    def note(self, dice: random.Random, *, rest: bool) -> None:
        """A credit note over a part of some lines, or over all that is left."""
        before, taken = self.so_far(), dict.fromkeys(self.tax, Decimal(0))
        for n, (_kind, rate, amount) in enumerate(self.lines):
            left = amount - self.credited[n]
            more = left if rest else quantize(left * Decimal(dice.random()), self.currency)
            if rest or dice.random() < 0.6:
                self.credited[n] += more
                taken[rate] += more
        for rate, more in taken.items():
            self._credit_tax(rate, more)
        if any(taken.values()):
            self.post(entries.credited(before, self.so_far(), self.currency))

    def _credit_tax(self, rate: Decimal, more: Decimal) -> None:
        after = sum(
            (c for (_k, r, _a), c in zip(self.lines, self.credited, strict=True) if r == rate),
            Decimal(0),
        )
        known = (self.gross[rate], self.tax[rate], after - more, more, rate, self.currency)
        tax = tax_to_credit(*known)
        assert 0 <= tax <= more or (not more and not tax)
        self.tax_credited[rate] += tax
        # What is credited in all has the tax that a bill over it would have.
        assert self.tax_credited[rate] == exact_tax(after, rate, self.currency)


def exact_tax(gross: Decimal, rate: Decimal, currency: str) -> Decimal:
    return half_up(Fraction(gross) * Fraction(rate) / (100 + Fraction(rate)), currency)


@pytest.mark.parametrize("seed", range(4))
def test_papers_agree_with_fractions_and_their_notes_undo_them(seed):
    dice = random.Random(seed)
    for _case in range(CASES // 4):
        paper = Paper(dice)
        assert sum(paper.gross.values()) == paper.total
        for rate, gross in paper.gross.items():
            assert paper.tax[rate] == exact_tax(gross, rate, paper.currency)
        paper.post(entries.billed(paper.lines, paper.tax, paper.currency))
        assert paper.books["receivable"] == paper.total
        taxes = -sum(sum_ for code, sum_ in paper.books.items() if code.startswith("tax:"))
        assert taxes == sum(paper.tax.values())
        for _each in range(dice.randint(0, 5)):
            paper.note(dice, rest=False)
        paper.note(dice, rest=True)
        assert paper.tax_credited == paper.tax
        assert set(paper.books.values()) == {0}


def test_tax_rounded_on_each_note_by_itself_would_not_sum_up():
    """The control: the same cuts, each with the tax of its own sum."""
    dice, off = random.Random(7), 0
    for _case in range(200):
        gross = Decimal(dice.randint(100, 99_999)).scaleb(-2)
        first = quantize(gross * Decimal(dice.random()), "CNY")
        alone = tax_in(first, D(9), "CNY") + tax_in(gross - first, D(9), "CNY")
        off += alone != tax_in(gross, D(9), "CNY")
    assert off > 20


def test_shares_are_whole_never_below_zero_and_sum_up():
    dice = random.Random(3)
    for _case in range(CASES):
        currency = dice.choice(CURRENCIES)
        unit = unit_of(currency)
        weights = {
            name: unit * dice.randint(1, 10 ** dice.randint(1, 7)) for name in "abcdef"[: dice.randint(1, 6)]
        }  # fmt: skip
        whole = sum(weights.values(), Decimal(0))
        total = quantize(whole * dice.randint(0, 100) / 100, currency)
        parts = shared(total, weights, currency)
        assert sum(parts.values()) == total
        for name, part in parts.items():
            assert 0 <= part <= weights[name]
            exact = Fraction(total) * Fraction(weights[name]) / Fraction(whole)
            assert abs(Fraction(part) - exact) < Fraction(unit)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(STORED))
def test_the_same_through_the_database(seed, staff, enterprise):
    dice = random.Random(seed)
    taxed(rent="9", service="6", booking="13", damage="13")
    currency = CURRENCIES[seed % len(CURRENCIES)]
    charges = [
        charged(
            staff, enterprise, None, kind=dice.choice(KINDS), currency=currency,
            quantity=D(dice.randint(1, 99_999)).scaleb(-2),
            unit_price=D(dice.randint(10_000_000, 10**9)).scaleb(-6),
        )
        for _each in range(dice.randint(1, 5))
    ]  # fmt: skip
    with office(staff) as actor:
        bill = issuing.bill(actor, NOW, enterprise, charges)
    with overview():
        taxes = {row.rate: row.tax for row in Tax.objects.filter(invoice=bill)}
        for row in Tax.objects.filter(invoice=bill):
            assert row.tax == exact_tax(row.gross, row.rate, currency)
    for _each in range(dice.randint(0, 3)):
        amounts = {
            line.pk: quantize(line.left_to_credit * Decimal(dice.random()), currency)
            for line in lines_of(bill)
        }
        if amounts := {key: amount for key, amount in amounts.items() if amount}:
            credited(staff, bill, amounts)
    if anew(bill).open_amount:
        credited(staff, bill)
    with overview():
        assert sum(CreditNote.objects.values_list("tax", flat=True)) == sum(taxes.values())
    assert set(balances(enterprise).values()) == {0}
    right()
