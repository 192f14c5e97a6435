"""A lease: several units, each with its own area, price and days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from backbone.models import Document
from foundation.actors import Actor
from leasing.permissions import permissions
from spaces.models import Space
from tenants.models import Tenant


class LeaseState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("lease", "Draft")
    APPROVING = "approving", pgettext_lazy("lease", "To be approved")
    REJECTED = "rejected", pgettext_lazy("lease", "Rejected")
    AWAITING = "awaiting", pgettext_lazy("lease", "Awaiting signature")
    EFFECTIVE = "effective", pgettext_lazy("lease", "In force")
    ENDING = "ending", pgettext_lazy("lease", "Ending")
    ENDED = "ended", pgettext_lazy("lease", "Ended")
    VOID = "void", pgettext_lazy("lease", "Void")


class Origin(models.TextChoices):
    NEW = "new", pgettext_lazy("lease", "New")
    RENEWAL = "renewal", pgettext_lazy("lease", "Renewal")
    CHANGE = "change", pgettext_lazy("lease", "Change")


S = LeaseState
# The organisation has the units: until the last of them is handed back.
IN_FORCE = (S.EFFECTIVE, S.ENDING)
# The organisation sees it from the moment at which it can sign.
SEEN = (S.AWAITING, *IN_FORCE, S.ENDED)
APPROVED = SEEN
PERIODS = [
    (1, pgettext_lazy("lease", "every month")),
    (3, pgettext_lazy("lease", "every three months")),
    (6, pgettext_lazy("lease", "every six months")),
    (12, pgettext_lazy("lease", "every year")),
]
DAY = timedelta(days=1)
PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class LeaseQuerySet(models.QuerySet["Lease"]):
    def visible_to(self, actor: Actor) -> LeaseQuerySet:
        """Staff see all; those who answer for an organisation its own, once they can be signed."""
        if not permissions.permits(actor, "read_leases"):
            return self.none()
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id, state__in=SEEN)

    def in_force(self) -> LeaseQuerySet:
        return self.filter(state__in=IN_FORCE)

    def ending_within(self, days: int, today: date) -> LeaseQuerySet:
        """In force, with their last day today or at most so many days later."""
        return self.in_force().filter(last_on__range=(today, today + timedelta(days=days)))

    def overstaying(self, today: date) -> LeaseQuerySet:
        """Over, and not handed back."""
        return self.in_force().filter(last_on__lt=today)


class Lease(Lifecycle):
    """Between the park and ``tenant``. Both ``starts_on`` and ``ends_on`` belong to it.

    ``last_on`` is ``ends_on`` until it is ended earlier. Its terms change in the draft alone: a
    change afterwards is a new lease that names this one, so before and after both stay.
    Amounts are in ``currency``; nothing is rounded but what is charged.
    """

    TRANSITIONS: ClassVar[Transitions] = {
        S.DRAFT: frozenset({S.APPROVING, S.VOID}),
        S.APPROVING: frozenset({S.AWAITING, S.REJECTED, S.VOID}),
        S.REJECTED: frozenset({S.DRAFT}),
        S.AWAITING: frozenset({S.EFFECTIVE, S.VOID}),
        S.EFFECTIVE: frozenset({S.ENDING}),
        S.ENDING: frozenset({S.ENDED}),
        S.ENDED: frozenset(),
        S.VOID: frozenset(),
    }

    tenant = models.ForeignKey(
        Tenant,
        models.PROTECT,
        related_name="leases",
        db_index=False,
        verbose_name=_("organisation"),
    )
    # Random, so that it tells nobody how many there are.
    number = models.CharField(_("number"), max_length=16, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=S.choices, default=S.DRAFT)
    origin = models.CharField(
        _("origin"), max_length=8, choices=Origin.choices, default=Origin.NEW, editable=False
    )
    # The lease that this renews or replaces.
    previous = models.ForeignKey(
        "self", models.PROTECT, related_name="successors", null=True, verbose_name=_("follows")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    last_on = models.DateField(_("last day as it is now"), editable=False)
    currency = models.CharField(_("currency"), max_length=3, default="CNY", editable=False)
    period_months = models.PositiveSmallIntegerField(_("rent is paid"), choices=PERIODS, default=3)
    advance_days = models.PositiveSmallIntegerField(
        _("days in advance"),
        default=15,
        validators=[MaxValueValidator(90)],
        help_text=_("So many days before a period begins its rent is due."),
    )
    rent_free_months = models.PositiveSmallIntegerField(
        _("rent-free months"),
        default=0,
        validators=[MaxValueValidator(36)],
        help_text=_("The first months of the lease."),
    )
    deposit_months = models.DecimalField(
        _("deposit in months' rent"),
        max_digits=4,
        decimal_places=1,
        default=2,
        validators=[MinValueValidator(0), MaxValueValidator(24)],
    )
    # From the months and the units, whenever one of them changes in the draft.
    deposit = models.DecimalField(
        _("deposit"), max_digits=14, decimal_places=2, default=0, editable=False
    )
    index_percent = models.DecimalField(
        _("increase (% a year)"), max_digits=5, decimal_places=2, default=0, validators=PERCENT
    )
    index_from = models.DateField(
        _("first increase on"),
        null=True,
        blank=True,
        help_text=_("From this day the price is higher, and again each year on the same day."),
    )
    late_percent = models.DecimalField(
        _("late fee (% a day)"),
        max_digits=6,
        decimal_places=3,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("Of what is overdue, for each day after it was due."),
    )
    late_cap = models.DecimalField(
        _("late fee at most (per cent of what is overdue)"),
        max_digits=5,
        decimal_places=2,
        default=20,
        validators=PERCENT,
    )
    terms = models.TextField(_("further terms"), max_length=8000, blank=True, default="")
    terms_en = models.TextField(
        _("further terms, in English"), max_length=8000, blank=True, default=""
    )
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("drafted by"),
    )
    created_at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)
    # Whether the terms ask for two approvals; decided when it is put up for approval.
    needs_second = models.BooleanField(_("needs a second approval"), default=False)
    first_approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("approved by"),
    )
    second_approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("approved a second time by"),
    )
    # The contract to sign and the signed copy; files of the organisation, shared with the park.
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="+", null=True, verbose_name=_("contract")
    )
    signed_copy = models.ForeignKey(
        Document, models.PROTECT, related_name="+", null=True, verbose_name=_("signed copy")
    )
    signed_on = models.DateField(_("signed on"), null=True)
    # Why the last signed copy was not accepted; blank once another one is there.
    copy_refusal = models.CharField(_("why the copy was refused"), max_length=500, default="")
    closed_on = models.DateField(_("ended on"), null=True)
    # Why it was rejected, ended before its time, or void.
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")

    objects = LeaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")
        indexes = [
            models.Index(fields=["tenant", "-starts_on"], name="lease_newest"),
            models.Index(fields=["state", "last_on"], name="lease_ending"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="lease_number"),
            models.CheckConstraint(condition=Q(state__in=S.values), name="lease_state_known"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="lease_span",
                violation_error_message=_("The last day is not before the first."),
            ),
            models.CheckConstraint(
                condition=Q(last_on__lte=F("ends_on")),
                name="lease_ends_by_then",
                violation_error_message=_("A lease ends on its last day or before: renew it."),
            ),
            models.CheckConstraint(
                condition=Q(period_months__in=[months for months, _label in PERIODS]),
                name="lease_period_known",
            ),
            models.CheckConstraint(
                condition=Q(index_percent=0) | Q(index_from__isnull=False),
                name="lease_index_from",
                violation_error_message=_("Say from which day the price increases."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=APPROVED)
                | Q(first_approver__isnull=False, needs_second=False)
                | Q(first_approver__isnull=False, second_approver__isnull=False),
                name="lease_approved",
                violation_error_message=_("The lease is not approved."),
            ),
            models.CheckConstraint(
                condition=(Q(first_approver=None) | ~Q(first_approver=F("drafted_by")))
                & (Q(second_approver=None) | ~Q(second_approver=F("drafted_by")))
                & (Q(second_approver=None) | ~Q(second_approver=F("first_approver"))),
                name="lease_approved_by_others",
                violation_error_message=_("Whoever drafted it or approved it before does not."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[*IN_FORCE, S.ENDED])
                | Q(signed_copy__isnull=False, signed_on__isnull=False),
                name="lease_in_force_is_signed",
                violation_error_message=_("Upload the signed copy and give the day of signing."),
            ),
            models.CheckConstraint(
                condition=Q(origin=Origin.NEW, previous=None)
                | (~Q(origin=Origin.NEW) & Q(previous__isnull=False)),
                name="lease_follows_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.REJECTED, S.VOID]) | ~Q(reason=""),
                name="lease_closed_says_why",
                violation_error_message=_("Say why."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "previous"],
                condition=Q(previous__isnull=False) & ~Q(state="void"),
                name="lease_followed_once",
                violation_error_message=_("This lease is being renewed or changed already."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_over(self) -> bool:
        return self.state in (S.ENDED, S.VOID)


class OfLeaseQuerySet(models.QuerySet):
    """Rows that belong to a lease: seen by whoever sees it."""

    def visible_to(self, actor: Actor) -> OfLeaseQuerySet:
        if not permissions.permits(actor, "read_leases"):
            return self.none()
        own = self.filter(tenant_id=actor.tenant_id, lease__state__in=SEEN)
        return self if actor.is_staff else own


class LeaseUnit(models.Model):
    """A unit of a lease; its days lie within it, and both belong to it."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    lease = models.ForeignKey(Lease, models.PROTECT, related_name="units", verbose_name=_("lease"))
    space = models.ForeignKey(Space, models.PROTECT, related_name="+", verbose_name=_("space"))
    # In the contract; may differ from what the space's page says.
    area = models.DecimalField(_("contracted area in m²"), max_digits=10, decimal_places=2)
    price = models.DecimalField(_("price per m² and month"), max_digits=10, decimal_places=2)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    objects = OfLeaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit of a lease")
        verbose_name_plural = _("units of leases")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "lease", "space"],
                name="lease_unit_once",
                violation_error_message=_("This unit stands in the lease already."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="lease_unit_span",
                violation_error_message=_("The last day is not before the first."),
            ),
            models.CheckConstraint(
                condition=Q(area__gt=0),
                name="lease_unit_area",
                violation_error_message=_("An area is above zero."),
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0),
                name="lease_unit_price",
                violation_error_message=_("A price is not below zero."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.space)
