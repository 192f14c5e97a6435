"""How long bills have been open: what is owed, by the days that it is overdue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.entries import WRITEOFF
from billing.models import Allocation, CreditNote, Invoice, InvoiceState
from billing.taxes import ZERO
from foundation.errors import Sentence
from ledger.models import Entry, Side

# The last day overdue of each age but the last; nothing is overdue in the first.
LIMITS = (0, 30, 60, 90)
LABELS: tuple[Sentence, ...] = (
    _("Not due yet"), _("1–30 days"), _("31–60 days"), _("61–90 days"), _("Over 90 days"),
)  # fmt: skip
NOTHING_AGED = (ZERO,) * len(LABELS)
MONEY: Any = DecimalField(max_digits=20, decimal_places=4)


@dataclass(frozen=True, slots=True)
class Aged:
    """What one organisation owes in one currency; ``amounts`` go with ``LABELS``."""

    tenant_id: int
    name: str
    name_en: str
    currency: str
    amounts: tuple[Decimal, ...] = NOTHING_AGED
    bills: int = 0
    oldest_due_on: date | None = None

    @property
    def total(self) -> Decimal:
        return sum(self.amounts, ZERO)

    @property
    def overdue(self) -> Decimal:
        return sum(self.amounts[1:], ZERO)

    def with_bill(self, age: int, amount: Decimal, due_on: date) -> Aged:
        amounts = [old + (amount if n == age else ZERO) for n, old in enumerate(self.amounts)]
        oldest = min(self.oldest_due_on or due_on, due_on)
        return replace(
            self, amounts=tuple(amounts), bills=self.bills + 1, oldest_due_on=oldest
        )  # fmt: skip


def age_of(due_on: date, on: date) -> int:
    """The place in ``LABELS`` of a bill that was due on that day: on the day itself it is not
    overdue."""
    days = (on - due_on).days
    return next((n for n, limit in enumerate(LIMITS) if days <= limit), len(LIMITS))


def ageing(queryset: QuerySet[Invoice], on: date) -> list[Aged]:
    """What of these bills was open at the end of that day of the park, by organisation and
    currency, in order of names. The queryset is for the caller to find by ``visible_to``."""
    found: dict[tuple[int, str], Aged] = {}
    rows = open_on(queryset, on).values_list(
        "tenant_id", "currency", "tenant__name", "tenant__name_en", "due_on", "left"
    )
    for tenant_id, currency, name, name_en, due_on, left in rows:
        own = found.get((tenant_id, currency)) or Aged(tenant_id, name, name_en, currency)
        found[tenant_id, currency] = own.with_bill(age_of(due_on, on), left, due_on)
    return sorted(found.values(), key=lambda each: (each.name, each.tenant_id, each.currency))


def totals_by_age(rows: Iterable[Aged]) -> dict[str, tuple[Decimal, ...]]:
    """Sums of a list by currency."""
    found: dict[str, tuple[Decimal, ...]] = {}
    for row in rows:
        before = found.get(row.currency, NOTHING_AGED)
        found[row.currency] = tuple(a + b for a, b in zip(before, row.amounts, strict=True))
    return dict(sorted(found.items()))


def open_on(queryset: QuerySet[Invoice], on: date) -> QuerySet[Any]:
    """Bills that were issued and not settled at the end of that day, each with ``left``."""
    rows: QuerySet[Any] = queryset.filter(state=InvoiceState.ISSUED, issued_on__lte=on)
    # Nothing counts for a day to come, so that the stored sums are those of today.
    settled = _settled_by(on) if on < timezone.localdate() else _settled()
    return rows.annotate(left=F("total") - settled).filter(left__gt=0).order_by("due_on", "pk")


def _settled() -> Any:
    return F("paid") + F("credited") + F("written_off")


def _settled_by(on: date) -> Any:
    paid = Allocation.objects.filter(on__lte=on)
    credited = CreditNote.objects.filter(issued_on__lte=on)
    signed = Case(When(Q(side=Side.DEBIT), then=F("amount")), default=-F("amount"))
    written_off = Entry.objects.filter(
        tenant_id=OuterRef("tenant_id"),
        voucher__source_type=Invoice._meta.label_lower,
        voucher__source_id=OuterRef("pk"),
        voucher__effective_on__lte=on,
        account__kind=WRITEOFF,
    )
    return (
        _summed(_of_bill(paid), F("amount"))
        + _summed(_of_bill(credited), F("total"))
        + _summed(written_off, signed)
    )


def _of_bill(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(tenant_id=OuterRef("tenant_id"), invoice_id=OuterRef("pk"))


def _summed(rows: QuerySet[Any], amount: Any) -> Any:
    sums = rows.order_by().values("tenant_id").annotate(of_bill=Sum(amount)).values("of_bill")
    return Coalesce(Subquery(sums, output_field=MONEY), ZERO, output_field=MONEY)
