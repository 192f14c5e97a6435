"""How many seats a university has for a period, line by line."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from foundation.actors import Actor
from tenants.models import Tenant


class AgreementState(models.TextChoices):
    DRAFTED = "drafted", pgettext_lazy("seat agreement", "Drafted")
    ACTIVE = "active", pgettext_lazy("seat agreement", "In force")
    ENDED = "ended", pgettext_lazy("seat agreement", "Ended")


S = AgreementState


class SeatAgreementQuerySet(models.QuerySet["SeatAgreement"]):
    def visible_to(self, actor: Actor) -> SeatAgreementQuerySet:
        """A draft is the park's own business."""
        if actor.is_staff:
            return self
        return self.filter(tenant_id=actor.tenant_id).exclude(state=S.DRAFTED)

    def in_force(self, on: date) -> SeatAgreementQuerySet:
        return self.filter(state=S.ACTIVE, starts_on__lte=on, ends_on__gte=on)


class SeatAgreement(Lifecycle):
    """Exhausted is not a state: it follows from the figures (``training.figures``)."""

    TRANSITIONS: ClassVar[Transitions] = {
        S.DRAFTED: frozenset({S.ACTIVE, S.ENDED}),
        S.ACTIVE: frozenset({S.ENDED}),
        S.ENDED: frozenset(),
    }

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("university")
    )
    # Random, so that it tells nobody how many there are.
    number = models.CharField(_("number"), max_length=16, editable=False)
    state = models.CharField(_("state"), max_length=7, choices=S.choices, default=S.DRAFTED)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), help_text=_("The last day."))
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    # The one that seats are rolled over from.
    previous = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, verbose_name=_("follows")
    )
    created_at = models.DateTimeField(_("recorded"), editable=False)
    ended_on = models.DateField(_("ended on"), null=True)
    closing_reason = models.CharField(_("reason"), max_length=500, blank=True, default="")

    objects = SeatAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat agreement")
        verbose_name_plural = _("seat agreements")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="seat_agreement_number"),
            models.CheckConstraint(
                condition=Q(state__in=S.values), name="seat_agreement_state_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="seat_agreement_span",
                violation_error_message=_("The last day is not before the first."),
            ),
            models.CheckConstraint(
                condition=Q(state=S.ENDED, ended_on__isnull=False, closing_reason__gt="")
                | (~Q(state=S.ENDED) & Q(ended_on=None)),
                name="seat_agreement_ended_why",
                violation_error_message=_("Say why it ends."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class GrantKind(models.TextChoices):
    GRANTED = "granted", pgettext_lazy("seats", "Granted")
    EXTRA = "extra", pgettext_lazy("seats", "Extra")
    ROLLED_IN = "rolled_in", pgettext_lazy("seats", "Rolled in")
    ROLLED_OUT = "rolled_out", pgettext_lazy("seats", "Rolled out")


class SeatGrantQuerySet(models.QuerySet["SeatGrant"]):
    def visible_to(self, actor: Actor) -> SeatGrantQuerySet:
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)


class SeatGrant(models.Model):
    """One line of an agreement; added and never changed. What was too much is rolled out."""

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("university")
    )
    agreement = models.ForeignKey(
        SeatAgreement, models.PROTECT, related_name="grants", verbose_name=_("agreement")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=GrantKind.choices)
    amount = models.PositiveIntegerField(_("seats"))
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("recorded by"),
    )
    at = models.DateTimeField(_("recorded"))

    objects = SeatGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a seat agreement")
        verbose_name_plural = _("lines of seat agreements")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=GrantKind.values), name="seat_grant_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="seat_grant_amount",
                violation_error_message=_("A line has one seat or more."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="seat_grant_why",
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"
