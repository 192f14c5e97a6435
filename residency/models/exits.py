"""Leaving the park: request, notice, exit check, inspection, settlement, left."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from foundation.actors import Actor
from residency.models.stays import Stay
from tenants.models import Tenant


class ExitState(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("exit", "Requested")
    NOTICE = "notice", pgettext_lazy("exit", "Notice given")
    CLEARANCE = "clearance", pgettext_lazy("exit", "Exit check")
    INSPECTION = "inspection", pgettext_lazy("exit", "Inspection of the space")
    SETTLEMENT = "settlement", pgettext_lazy("exit", "Settlement")
    LEFT = "left", pgettext_lazy("exit", "Left")
    WITHDRAWN = "withdrawn", pgettext_lazy("exit", "Withdrawn")


class ExitReason(models.TextChoices):
    TERM = "term", pgettext_lazy("exit", "The term is over")
    MOVE = "move", pgettext_lazy("exit", "Moves elsewhere")
    CLOSING = "closing", pgettext_lazy("exit", "Closes the business")
    COST = "cost", pgettext_lazy("exit", "Cost")
    BREACH = "breach", pgettext_lazy("exit", "The park ends the agreement")
    OTHER = "other", pgettext_lazy("exit", "Another reason")


class ExitQuerySet(models.QuerySet["Exit"]):
    def visible_to(self, actor: Actor) -> ExitQuerySet:
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)

    def open(self) -> ExitQuerySet:
        return self.exclude(state__in=[ExitState.LEFT, ExitState.WITHDRAWN])


class Exit(Lifecycle):
    """One exit of one stay. Each step forward is refused while the step before has open items."""

    TRANSITIONS: ClassVar[Transitions] = {
        ExitState.REQUESTED: frozenset({ExitState.NOTICE, ExitState.WITHDRAWN}),
        ExitState.NOTICE: frozenset({ExitState.CLEARANCE, ExitState.WITHDRAWN}),
        ExitState.CLEARANCE: frozenset({ExitState.INSPECTION, ExitState.WITHDRAWN}),
        ExitState.INSPECTION: frozenset({ExitState.SETTLEMENT}),
        ExitState.SETTLEMENT: frozenset({ExitState.LEFT}),
        ExitState.LEFT: frozenset(),
        ExitState.WITHDRAWN: frozenset(),
    }

    tenant = models.ForeignKey(
        Tenant,
        models.PROTECT,
        related_name="exits",
        db_index=False,
        verbose_name=_("organisation"),
    )
    stay = models.ForeignKey(Stay, models.PROTECT, related_name="exits", verbose_name=_("stay"))
    state = models.CharField(
        _("state"), max_length=10, choices=ExitState.choices, default=ExitState.REQUESTED
    )
    reason = models.CharField(_("reason"), max_length=10, choices=ExitReason.choices)
    reason_note = models.TextField(_("more about it"), max_length=4000, blank=True, default="")
    leaves_on = models.DateField(_("leaves on"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("requested by"),
    )
    requested_at = models.DateTimeField(_("requested"), db_default=Now())
    # The park confirmed the last day; the notice period of the agreement is counted from here.
    notice_on = models.DateField(_("notice given on"), null=True)
    withdrawn_reason = models.CharField(_("why withdrawn"), max_length=500, blank=True, default="")
    left_at = models.DateTimeField(_("left"), null=True)

    objects = ExitQuerySet.as_manager()

    class Meta:
        verbose_name = _("exit")
        verbose_name_plural = _("exits")
        indexes = [models.Index(fields=["state", "leaves_on"], name="exit_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"],
                condition=~Q(state__in=["left", "withdrawn"]),
                name="exit_once",
                violation_error_message=_("This organisation is leaving already."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=ExitState.values), name="exit_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="left", left_at__isnull=False)
                | (~Q(state="left") & Q(left_at=None)),
                name="exit_left_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_reason=""),
                name="exit_withdrawn_has_reason",
                violation_error_message=_("Say why the exit is withdrawn."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "withdrawn"]) | Q(notice_on__isnull=False),
                name="exit_has_notice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tenant} – {self.leaves_on:%Y-%m-%d}"


class Waiver(models.Model):
    """An open item of the exit check that two people let pass; asked by one, given by another."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    exit = models.ForeignKey(Exit, models.PROTECT, related_name="waivers")
    app = models.CharField(_("app"), max_length=40)
    code = models.CharField(_("item"), max_length=60)
    key = models.CharField(max_length=120, blank=True, default="")
    # What it said when it was asked for, in every language.
    said = models.JSONField(_("open item"))
    reason = models.CharField(_("reason"), max_length=500)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("given by"),
    )
    given_at = models.DateTimeField(_("given"), null=True)

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "exit", "app", "code", "key"],
                name="waiver_once",
                violation_error_message=_("A waiver of this item was asked for already."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="waiver_has_reason",
                violation_error_message=_("Say why it may pass."),
            ),
            models.CheckConstraint(
                condition=Q(given_by=None, given_at=None)
                | (Q(given_by__isnull=False, given_at__isnull=False) & ~Q(given_by=F("asked_by"))),
                name="waiver_by_second_person",
                violation_error_message=_("A waiver is given by a second person."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.app}: {self.code}"
