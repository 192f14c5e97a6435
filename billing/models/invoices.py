"""Bills (账单): gathered from charges, frozen when they are issued, corrected by credit notes alone.

A bill's state is the paper's; how far it is paid is another thing (``payment_state``), and its tax
invoice (发票) a third (``billing.models.fapiao``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from billing.models.charges import Charge, ChargeKind
from billing.models.numbers import Series
from billing.models.owned import OwnedQuerySet, currency, owner
from foundation.actors import Actor
from ledger.models.accounts import MoneyField


class InvoiceState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("bill", "Draft")
    ISSUED = "issued", pgettext_lazy("bill", "Issued")
    DROPPED = "dropped", pgettext_lazy("bill", "Dropped")


class PaymentState(models.TextChoices):
    """How far a bill is settled, by its sums; nobody sets it."""

    OPEN = "open", pgettext_lazy("bill", "Open")
    PARTLY = "partly", pgettext_lazy("bill", "Partly paid")
    PAID = "paid", pgettext_lazy("bill", "Paid")
    CREDITED = "credited", pgettext_lazy("bill", "Credited")


S = InvoiceState


class InvoiceQuerySet(OwnedQuerySet):
    def issued(self) -> InvoiceQuerySet:
        return self.filter(state=S.ISSUED)

    def visible_to(self, actor: Actor) -> Self:
        """Its own people see nothing before it is issued."""
        rows = super().visible_to(actor)
        return rows if actor.is_staff else rows.filter(state=S.ISSUED)

    def of_organisation(self) -> InvoiceQuerySet:
        """What its own people see: nothing before it is issued."""
        return self.issued()

    def open(self) -> InvoiceQuerySet:
        """Issued, and not settled yet."""
        return self.issued().filter(total__gt=F("paid") + F("credited") + F("written_off"))

    def overdue(self, on: date) -> InvoiceQuerySet:
        return self.open().filter(due_on__lt=on)


class Invoice(Lifecycle):
    """What ``tenant`` owes the park, in one currency; a deposit's paper has nothing else on it.

    ``total`` is the sum of its lines, tax included. Of an issued one the database lets nothing
    change but the sums of what came of it: paid, credited, written off; together never beyond the
    total. Number, reference, issuer and where to pay are given when it is issued.
    """

    TRANSITIONS: ClassVar[Transitions] = {
        S.DRAFT: frozenset({S.ISSUED, S.DROPPED}),
        S.ISSUED: frozenset(),
        S.DROPPED: frozenset(),
    }

    tenant = owner()
    series = models.CharField(_("series"), max_length=1, choices=Series.choices)
    currency = currency()
    state = models.CharField(_("state"), max_length=10, choices=S.choices, default=S.DRAFT)
    due_on = models.DateField(_("due"))
    total = MoneyField(_("total"), default=0)
    paid = MoneyField(_("paid"), default=0)
    credited = MoneyField(_("credited"), default=0)
    written_off = MoneyField(_("written off"), default=0)
    year = models.PositiveSmallIntegerField(null=True, editable=False)
    sequence = models.PositiveIntegerField(null=True, editable=False)
    # ``HAIHE-B2026-0001``; the organisation's short name as it was on that day.
    number = models.CharField(_("number"), max_length=80, blank=True, default="")
    # ISO 11649, for the payer's bank: the park's own for each bill.
    reference = models.CharField(_("payment reference"), max_length=25, blank=True, default="")
    issued_on = models.DateField(_("issued"), null=True)
    # Names and addresses of both sides and the account to pay to, as they were on that day.
    parties = models.JSONField(default=dict, editable=False)
    note = models.CharField(pgettext_lazy("bill", "note"), max_length=500, blank=True, default="")
    run = models.ForeignKey(
        "billing.InvoiceRun",
        models.PROTECT,
        related_name="invoices",
        null=True,
        verbose_name=_("run"),
    )
    created_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True,
        verbose_name=_("issued by"),
    )  # fmt: skip

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["tenant", "state", "due_on"], name="invoice_of_tenant")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "series", "year", "sequence"], name="invoice_number_once"
            ),
            # What a bank's line says finds the bill over all organisations.
            models.UniqueConstraint(
                fields=["reference"], condition=~Q(reference=""), name="invoice_reference_once"
            ),
            models.CheckConstraint(condition=Q(state__in=S.values), name="invoice_state_known"),
            models.CheckConstraint(
                condition=Q(series__in=[Series.BILL, Series.DEPOSIT]), name="invoice_series_known"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0, paid__gte=0, credited__gte=0, written_off__gte=0),
                name="invoice_sums_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(total__gte=F("paid") + F("credited") + F("written_off")),
                name="invoice_not_beyond",
                violation_error_message=_("This is more than is open on the bill."),
            ),
            models.CheckConstraint(
                condition=Q(state=S.ISSUED)
                & ~Q(number="")
                & ~Q(reference="")
                & Q(year__isnull=False, sequence__isnull=False, issued_on__isnull=False)
                & Q(total__gt=0)
                | ~Q(state=S.ISSUED) & Q(number="", reference="", year=None, sequence=None),
                name="invoice_issued_has_number",
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(self.get_state_display())

    @property
    def open_amount(self) -> Decimal:
        return self.total - self.paid - self.credited - self.written_off

    @property
    def payment_state(self) -> PaymentState:
        if self.open_amount == self.total:
            return PaymentState.OPEN
        if self.open_amount:
            return PaymentState.PARTLY
        return PaymentState.CREDITED if self.credited == self.total else PaymentState.PAID

    @property
    def is_deposit(self) -> bool:
        return self.series == Series.DEPOSIT

    def is_overdue(self, on: date) -> bool:
        return self.state == S.ISSUED and self.open_amount > 0 and self.due_on < on


class InvoiceLine(models.Model):
    """One charge on a bill, with its figures as they are frozen with it. ``amount`` includes the
    tax of ``tax_rate`` percent."""

    tenant = owner()
    invoice = models.ForeignKey(
        Invoice, models.CASCADE, related_name="lines", db_index=False, verbose_name=_("bill")
    )
    charge = models.ForeignKey(
        Charge, models.PROTECT, related_name="lines", db_index=False, verbose_name=_("charge")
    )
    position = models.PositiveSmallIntegerField(_("no."))
    kind = models.CharField(_("kind"), max_length=10, choices=ChargeKind.choices)
    what = models.CharField(_("what for"), max_length=200)
    period = models.DateField(_("period from"))
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=4)
    unit = models.CharField(_("unit"), max_length=20, blank=True, default="")
    unit_price = models.DecimalField(_("unit price"), max_digits=20, decimal_places=6)
    tax_rate = models.DecimalField(_("tax rate, %"), max_digits=5, decimal_places=2)
    amount = MoneyField(_("amount"))
    credited = MoneyField(_("credited"), default=0)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a bill")
        verbose_name_plural = _("lines of bills")
        ordering = ["invoice", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "invoice", "position"], name="invoice_line_position"
            ),
            # A charge is billed once. Dropping a draft takes its lines with it.
            models.UniqueConstraint(
                fields=["tenant", "charge"],
                name="charge_billed_once",
                violation_error_message=_("This charge is on a bill already."),
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_line_above_zero"),
            models.CheckConstraint(
                condition=Q(credited__gte=0, credited__lte=F("amount")),
                name="invoice_line_not_beyond",
                violation_error_message=_("This is more than the line has left to credit."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.what}"

    @property
    def left_to_credit(self) -> Decimal:
        return self.amount - self.credited


class InvoiceTax(models.Model):
    """The tax of one rate on a bill, drawn out of the sum of its lines and rounded once, half up
    to the currency's minor unit. ``credited_*`` are what credit notes took back of it."""

    tenant = owner()
    invoice = models.ForeignKey(
        Invoice, models.CASCADE, related_name="taxes", db_index=False, verbose_name=_("bill")
    )
    rate = models.DecimalField(_("tax rate, %"), max_digits=5, decimal_places=2)
    gross = MoneyField(_("sum with tax"))
    tax = MoneyField(_("tax"))
    credited_gross = MoneyField(_("credited with tax"), default=0)
    credited_tax = MoneyField(_("tax credited"), default=0)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("tax of a bill")
        verbose_name_plural = _("taxes of bills")
        ordering = ["invoice", "rate"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "invoice", "rate"], name="invoice_tax_once"),
            models.CheckConstraint(
                condition=Q(tax__gte=0, gross__gte=F("tax"), rate__gte=0), name="invoice_tax_within"
            ),
            models.CheckConstraint(
                condition=Q(credited_gross__lte=F("gross"), credited_tax__lte=F("tax"))
                & Q(credited_gross__gte=0, credited_tax__gte=0),
                name="invoice_tax_credited_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rate} % {self.tax}"

    @property
    def net(self) -> Decimal:
        return self.gross - self.tax
