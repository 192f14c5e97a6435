"""Handing over and taking back: meters, keys, photos, damages, and what follows in money."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from backbone.models import Document
from foundation.actors import Actor
from foundation.money import format_money, format_number
from leasing.models.leases import SEEN, Lease, OfLeaseQuerySet
from leasing.permissions import permissions
from tenants.models import Tenant


class HandoverKind(models.TextChoices):
    MOVE_IN = "move_in", pgettext_lazy("handover", "Handover")
    CHECK_OUT = "check_out", pgettext_lazy("handover", "Check-out inspection")


class HandoverState(models.TextChoices):
    OPEN = "open", pgettext_lazy("handover", "Open")
    SIGNED = "signed", pgettext_lazy("handover", "Signed by both sides")


class LineKind(models.TextChoices):
    ELECTRICITY = "electricity", pgettext_lazy("handover", "Electricity meter")
    WATER = "water", pgettext_lazy("handover", "Water meter")
    GAS = "gas", pgettext_lazy("handover", "Gas meter")
    KEY = "key", pgettext_lazy("handover", "Keys")
    DAMAGE = "damage", pgettext_lazy("handover", "Damage")
    PHOTO = "photo", pgettext_lazy("handover", "Photo")


METERS = (LineKind.ELECTRICITY, LineKind.WATER, LineKind.GAS)


class Handover(Lifecycle):
    """The sheet of one handover. Any change of it takes both sides' words back; once both have
    given theirs nothing changes any more."""

    TRANSITIONS: ClassVar[Transitions] = {
        HandoverState.OPEN: frozenset({HandoverState.SIGNED}),
        HandoverState.SIGNED: frozenset(),
    }

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    lease = models.ForeignKey(
        Lease, models.PROTECT, related_name="handovers", verbose_name=_("lease")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=HandoverKind.choices)
    state = models.CharField(
        _("state"), max_length=8, choices=HandoverState.choices, default=HandoverState.OPEN
    )
    held_on = models.DateField(_("on"))
    notes = models.TextField(_("notes"), max_length=4000, blank=True, default="")
    park_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("confirmed for the park by"),
    )
    park_at = models.DateTimeField(_("confirmed for the park"), null=True)
    organisation_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("confirmed for the organisation by"),
    )
    organisation_at = models.DateTimeField(_("confirmed for the organisation"), null=True)
    # Why the park signed without the organisation, which has gone or does not answer.
    alone_because = models.CharField(_("signed without it because"), max_length=500, default="")

    objects = OfLeaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover sheet")
        verbose_name_plural = _("handover sheets")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "lease", "kind"],
                name="handover_once",
                violation_error_message=_("There is a sheet of this kind already."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=HandoverState.values, kind__in=HandoverKind.values),
                name="handover_known",
            ),
            models.CheckConstraint(
                condition=Q(state="open")
                | (
                    Q(park_at__isnull=False)
                    & (Q(organisation_at__isnull=False) | ~Q(alone_because=""))
                ),
                name="handover_signed_by_both",
                violation_error_message=_("Both sides have to confirm it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lease} {self.get_kind_display()}"

    @property
    def settlement(self) -> Settlement | None:
        """As it was signed; None before, and for a sheet that is no inspection."""
        return self.settlements.first()


class OfHandoverQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> OfHandoverQuerySet:
        if not permissions.permits(actor, "read_leases"):
            return self.none()
        own = self.filter(tenant_id=actor.tenant_id, handover__lease__state__in=SEEN)
        return self if actor.is_staff else own


class HandoverLine(models.Model):
    """A meter and its reading, keys and their number, a damage and its price, or a photo."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    handover = models.ForeignKey(
        Handover, models.PROTECT, related_name="lines", verbose_name=_("handover sheet")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=LineKind.choices)
    what = models.CharField(
        _("number, or what it is"),
        max_length=200,
        help_text=_("The meter's number, which door the keys are for, or what is damaged."),
    )
    value = models.DecimalField(
        _("reading, count or amount"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="+", null=True, verbose_name=_("photo")
    )

    objects = OfHandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a handover sheet")
        verbose_name_plural = _("lines of handover sheets")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "handover", "kind", "what"],
                condition=~Q(kind="photo"),
                name="handover_line_once",
                violation_error_message=_("This stands on the sheet already."),
            ),
            models.CheckConstraint(
                condition=Q(kind="photo", document__isnull=False, value=None)
                | (
                    ~Q(kind="photo")
                    & Q(document=None, value__isnull=False, value__gte=0, kind__in=LineKind.values)
                ),
                name="handover_line_whole",
                violation_error_message=_("Give the reading, the count or the amount."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.what}"

    @property
    def shown(self) -> str:
        """The value, ready to print; an amount in the lease's currency."""
        if self.kind == LineKind.DAMAGE:
            return format_money(self.value, self.handover.lease.currency)
        value = self.value
        return format_number(value if value is None else Decimal(f"{value.normalize():f}"))


class Settlement(models.Model):
    """What became of the deposit, as it was when the inspection was signed. In ``currency``."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    handover = models.ForeignKey(
        Handover, models.PROTECT, related_name="settlements", verbose_name=_("handover sheet")
    )
    currency = models.CharField(_("currency"), max_length=3)
    deposit = models.DecimalField(_("deposit held"), max_digits=14, decimal_places=2)
    open_charges = models.DecimalField(_("open charges"), max_digits=14, decimal_places=2)
    late_fee = models.DecimalField(_("late fee"), max_digits=14, decimal_places=2)
    damages = models.DecimalField(_("damages"), max_digits=14, decimal_places=2)
    unused_rent = models.DecimalField(
        _("rent charged for days after the last"), max_digits=14, decimal_places=2
    )
    refund = models.DecimalField(_("deposit to be paid back"), max_digits=14, decimal_places=2)
    rent_back = models.DecimalField(_("rent to be paid back"), max_digits=14, decimal_places=2)
    still_owed = models.DecimalField(_("still owed"), max_digits=14, decimal_places=2)

    objects = OfHandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "handover"], name="settlement_once"),
            models.CheckConstraint(
                condition=Q(refund__lte=models.F("deposit"), refund__gte=0),
                name="settlement_refund_within_deposit",
            ),
            models.CheckConstraint(
                condition=Q(still_owed=0) | Q(refund=0, rent_back=0),
                name="settlement_owes_one_way",
            ),
        ]

    def __str__(self) -> str:
        return str(self.handover)
