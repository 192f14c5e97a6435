"""The park's own terms: when it reminds, what being late costs, which tax is in which charge."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.charges import ChargeKind


class BillingTerms(models.Model):
    """In force from ``valid_from`` until the next. Days are counted from the day a bill is due."""

    valid_from = models.DateField(_("in force from"))
    # A bill that is issued late is still to be paid in so many days.
    due_days = models.PositiveSmallIntegerField(_("days to pay, at least"), default=10)
    remind_ahead = models.PositiveSmallIntegerField(_("first reminder, days before"), default=3)
    remind_after = models.PositiveSmallIntegerField(_("second reminder, days after"), default=3)
    remind_last = models.PositiveSmallIntegerField(_("last reminder, days after"), default=15)
    late_percent = models.DecimalField(
        _("late fee, % a day"), max_digits=6, decimal_places=4, default=0,
        help_text=_("Of what is open on a bill; rent is late by the terms of its lease."),
    )  # fmt: skip
    late_cap = models.DecimalField(
        _("late fee at most, %"), max_digits=6, decimal_places=2, default=0
    )
    tolerance = models.DecimalField(
        _("written off at most"), max_digits=8, decimal_places=2, default=1,
        help_text=_("What a bank kept of a transfer, in the bill's currency."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("billing terms")
        verbose_name_plural = _("billing terms")
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["valid_from"],
                name="billing_terms_once",
                violation_error_message=_("There are terms from this day already."),
            ),
            models.CheckConstraint(
                condition=Q(remind_last__gt=F("remind_after")),
                name="billing_terms_in_turn",
                violation_error_message=_("The last reminder comes after the second."),
            ),
            models.CheckConstraint(
                condition=Q(late_percent__gte=0, late_cap__gte=0, tolerance__gte=0),
                name="billing_terms_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}"

    @classmethod
    def on(cls, day: date) -> BillingTerms:
        """What is in force on that day; where nobody wrote terms, those that a new row begins
        with."""
        found = cls.objects.filter(valid_from__lte=day).order_by("-valid_from").first()
        return found or cls(valid_from=day)


class TaxRate(models.Model):
    """Value-added tax in charges of a kind, from a day on. ``source`` is the rule it comes from."""

    kind = models.CharField(_("kind of charge"), max_length=10, choices=ChargeKind.choices)
    valid_from = models.DateField(_("in force from"))
    percent = models.DecimalField(_("tax rate, %"), max_digits=5, decimal_places=2)
    source = models.CharField(_("rule"), max_length=200)

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        ordering = ["kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "valid_from"],
                name="tax_rate_once",
                violation_error_message=_("There is a rate from this day already."),
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lt=100), name="tax_rate_percent"
            ),
            models.CheckConstraint(
                condition=~Q(kind=ChargeKind.DEPOSIT) | Q(percent=0),
                name="tax_rate_not_on_deposits",
                violation_error_message=_("A deposit is no sale: there is no tax in it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.percent} %"
