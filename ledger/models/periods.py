"""Months of the books, and who closed and reopened them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions


class PeriodState(models.TextChoices):
    OPEN = "open", pgettext_lazy("period of the books", "Open")
    CLOSED = "closed", pgettext_lazy("period of the books", "Closed")


S = PeriodState


class Period(Lifecycle):
    """The park's, for all books. Periods close in turn; what counts for the last day of a closed
    one or for any day before it is refused, whatever row that day has or has not."""

    TRANSITIONS: ClassVar[Transitions] = {
        S.OPEN: frozenset({S.CLOSED}),
        S.CLOSED: frozenset({S.OPEN}),
    }

    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    state = models.CharField(_("state"), max_length=10, choices=S.choices, default=S.OPEN)
    closed_at = models.DateTimeField(_("closed"), null=True)
    # How many vouchers it had when it closed; check_books compares.
    vouchers = models.BigIntegerField(_("vouchers"), null=True)

    class Meta:
        verbose_name = pgettext_lazy("ledger", "period")
        verbose_name_plural = pgettext_lazy("ledger", "periods")
        ordering = ["-starts_on"]
        constraints = [
            ExclusionConstraint(
                name="period_no_overlap",
                expressions=[
                    (
                        Func(
                            F("starts_on"),
                            F("ends_on"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
            ),
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")), name="period_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(state__in=S.values), name="period_state_known"),
            models.CheckConstraint(
                condition=Q(state=S.CLOSED, closed_at__isnull=False, vouchers__isnull=False)
                | Q(state=S.OPEN, closed_at=None, vouchers=None),
                name="period_closed_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"


class StepKind(models.TextChoices):
    CLOSED = "closed", pgettext_lazy("step of a period", "Closed")
    REOPENED = "reopened", pgettext_lazy("step of a period", "Reopened")


class PeriodStep(models.Model):
    """Who closed or reopened a period, and why; never altered."""

    period = models.ForeignKey(
        Period, models.PROTECT, related_name="steps", verbose_name=pgettext_lazy("ledger", "period")
    )
    kind = models.CharField(_("step"), max_length=10, choices=StepKind.choices)
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    at = models.DateTimeField(_("at"), db_default=Now())
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="period_step_known"),
            models.CheckConstraint(
                condition=Q(kind=StepKind.CLOSED) | ~Q(reason=""),
                name="period_reopened_says_why",
                violation_error_message=_("Say why the period is opened again."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.get_kind_display()}"
