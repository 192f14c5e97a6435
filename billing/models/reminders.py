"""Reminders of a bill: before it is due, after, and the last one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.invoices import Invoice
from billing.models.owned import OwnedQuerySet, owner


class ReminderStep(models.IntegerChoices):
    AHEAD = 1, pgettext_lazy("reminder", "Before it is due")
    OVERDUE = 2, pgettext_lazy("reminder", "Overdue")
    LAST = 3, pgettext_lazy("reminder", "Last reminder")


class Reminder(models.Model):
    """One of a step for each bill; one mail tells of all bills of a currency that reach it."""

    tenant = owner()
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, related_name="reminders", db_index=False, verbose_name=_("bill")
    )
    step = models.PositiveSmallIntegerField(_("step"), choices=ReminderStep.choices)
    sent_at = models.DateTimeField(_("sent"), db_default=Now(), editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "invoice", "step"], name="reminder_once"),
            models.CheckConstraint(
                condition=Q(step__in=ReminderStep.values), name="reminder_step_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_step_display())
