"""Credit notes: the only way to correct a bill that was issued."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.models.invoices import Invoice, InvoiceLine
from billing.models.owned import OwnedQuerySet, currency, owner
from ledger.models.accounts import MoneyField


class CreditNote(models.Model):
    """Issued when it is made, in a series of its own, and never altered. ``tax`` is drawn out with
    the bill's rounding: the notes of a bill that is credited whole sum to the bill to the cent."""

    tenant = owner()
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, related_name="credit_notes", db_index=False,
        verbose_name=_("bill"),
    )  # fmt: skip
    year = models.PositiveSmallIntegerField(editable=False)
    sequence = models.PositiveIntegerField(editable=False)
    number = models.CharField(_("number"), max_length=80)
    currency = currency()
    total = MoneyField(_("total"))
    tax = MoneyField(_("tax"))
    reason = models.CharField(_("reason"), max_length=500)
    issued_on = models.DateField(_("issued"))
    created_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True,
        verbose_name=_("issued by"),
    )  # fmt: skip

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit note")
        verbose_name_plural = _("credit notes")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["tenant", "invoice"], name="credit_note_of_invoice")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "year", "sequence"], name="credit_note_number_once"
            ),
            models.CheckConstraint(
                condition=Q(total__gt=0, tax__gte=0), name="credit_note_above_zero"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="credit_note_says_why",
                violation_error_message=_("Say why it is credited."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CreditNoteLine(models.Model):
    """How much of one line of the bill is taken back, tax included."""

    tenant = owner()
    note = models.ForeignKey(
        CreditNote, models.PROTECT, related_name="lines", db_index=False,
        verbose_name=_("credit note"),
    )  # fmt: skip
    line = models.ForeignKey(
        InvoiceLine, models.PROTECT, related_name="credits", db_index=False,
        verbose_name=_("line of a bill"),
    )  # fmt: skip
    amount = MoneyField(_("amount"))

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a credit note")
        verbose_name_plural = _("lines of credit notes")
        ordering = ["note", "line"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "note", "line"], name="credit_line_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_line_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
