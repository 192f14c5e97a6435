"""When a bill is reminded of and what being late costs. Pure; days are the park's.

The terms are those in force on the day the bill was issued: what was agreed is not changed by
terms that come later.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from billing.models.reminders import ReminderStep
from billing.models.terms import BillingTerms

ONE_DAY = timedelta(days=1)
HUNDRED = Decimal(100)


def terms_on(day: date, known: Iterable[BillingTerms]) -> BillingTerms:
    """Of ``known`` those in force on that day, as ``BillingTerms.on`` finds them."""
    found = [each for each in known if each.valid_from <= day]
    return max(found, key=lambda each: each.valid_from, default=BillingTerms(valid_from=day))


def step_on(today: date, due_on: date, terms: BillingTerms) -> ReminderStep | None:
    """The step that a bill due on that day has come to; None before and between them."""
    late = (today - due_on).days
    if late >= terms.remind_last:
        return ReminderStep.LAST
    if late >= terms.remind_after and late > 0:
        return ReminderStep.OVERDUE
    return ReminderStep.AHEAD if -terms.remind_ahead <= late <= 0 else None


def counted_until(today: date, due_on: date, terms: BillingTerms) -> date | None:
    """The last day, not after today, on which late fees are counted: that of the last reminder,
    then the last of each month. None before the last reminder."""
    first = due_on + timedelta(days=terms.remind_last)
    if today < first:
        return None
    tomorrow = today + ONE_DAY
    return max(first, tomorrow.replace(day=1) - ONE_DAY)


def late_fee(amount: Decimal, due_on: date, on: date, *, percent: Decimal, cap: Decimal) -> Decimal:
    """``percent`` of ``amount`` for each day after ``due_on`` up to ``on``, at most ``cap`` per
    cent of it; simple, exact."""
    days = max((on - due_on).days, 0)
    return min(amount * percent * days, amount * cap) / HUNDRED
