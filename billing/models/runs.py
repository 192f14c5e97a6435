"""Runs: the bills of many organisations at once, looked at before they are issued."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions


class RunState(models.TextChoices):
    GATHERING = "gathering", pgettext_lazy("run of bills", "Being gathered")
    READY = "ready", pgettext_lazy("run of bills", "Ready to look at")
    ISSUING = "issuing", pgettext_lazy("run of bills", "Being issued")
    STOPPED = "stopped", pgettext_lazy("run of bills", "Stopped")
    DONE = "done", pgettext_lazy("run of bills", "Issued")
    DROPPED = "dropped", pgettext_lazy("run of bills", "Dropped")


S = RunState
GOING_ON = [S.GATHERING, S.READY, S.ISSUING, S.STOPPED]


class InvoiceRun(Lifecycle):
    """Gathers what is due until ``upto`` into drafts, then issues them. The park's own: its bills
    are those of the organisations."""

    TRANSITIONS: ClassVar[Transitions] = {
        S.GATHERING: frozenset({S.READY, S.STOPPED, S.DROPPED}),
        S.READY: frozenset({S.ISSUING, S.DROPPED}),
        S.ISSUING: frozenset({S.DONE, S.STOPPED}),
        S.STOPPED: frozenset({S.ISSUING, S.GATHERING, S.DROPPED}),
        S.DONE: frozenset(),
        S.DROPPED: frozenset(),
    }

    upto = models.DateField(_("what is due until"))
    issue_on = models.DateField(_("date of the bills"))
    state = models.CharField(_("state"), max_length=10, choices=S.choices, default=S.GATHERING)
    planned = models.PositiveIntegerField(_("bills"), default=0)
    issued = models.PositiveIntegerField(pgettext_lazy("run of bills", "issued"), default=0)
    job_id = models.BigIntegerField(null=True, editable=False)
    created_at = models.DateTimeField(_("begun"), db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True,
        verbose_name=_("begun by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("run of bills")
        verbose_name_plural = _("runs of bills")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="run_state_known"),
            models.CheckConstraint(condition=Q(issued__lte=F("planned")), name="run_not_beyond"),
            # Two at once would share the charges between them by chance.
            models.UniqueConstraint(
                fields=["is_going_on"],
                condition=Q(is_going_on=True),
                name="run_one_at_a_time",
                violation_error_message=_("Another run is not finished yet."),
            ),
        ]

    is_going_on = models.GeneratedField(
        expression=models.ExpressionWrapper(
            Q(state__in=GOING_ON), output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    def __str__(self) -> str:
        return f"{self.upto}"
