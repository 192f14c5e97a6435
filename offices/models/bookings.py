"""A booking of a space by the hour, with what goes with it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from foundation.actors import Actor
from offices.models.rules import usual_ladder
from spaces.models import Space
from tenants.models import Tenant, User


class BookingState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("booking", "On the waiting list")
    OFFERED = "offered", pgettext_lazy("booking", "Offered")
    REQUESTED = "requested", pgettext_lazy("booking", "Asked for")
    CONFIRMED = "confirmed", pgettext_lazy("booking", "Confirmed")
    CHECKED_IN = "checked_in", pgettext_lazy("booking", "Checked in")
    COMPLETED = "completed", pgettext_lazy("booking", "Completed")
    CANCELLED = "cancelled", pgettext_lazy("booking", "Cancelled")
    NO_SHOW = "no_show", pgettext_lazy("booking", "Nobody came")
    DECLINED = "declined", pgettext_lazy("booking", "Declined")
    EXPIRED = "expired", pgettext_lazy("booking", "Not answered in time")


S = BookingState
# Somebody has to answer: the park, or whoever it was offered to; who waits has until the start.
ANSWERABLE = (S.WAITING, S.OFFERED, S.REQUESTED)
# These have the space, or may have it by a word of somebody.
STANDING = (S.OFFERED, S.REQUESTED, S.CONFIRMED, S.CHECKED_IN)
# Of a day: what was there, is there or is to be there.
TAKES_PLACE = (*STANDING, S.COMPLETED)


class BookingQuerySet(models.QuerySet["Booking"]):
    def visible_to(self, actor: Actor) -> BookingQuerySet:
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)

    def ahead(self, now: datetime) -> BookingQuerySet:
        """Not over and not given up; what nobody came to is over when its check-in is."""
        return self.filter(
            Q(state__in=ANSWERABLE, answer_by__gt=now)
            | Q(state=S.CONFIRMED, check_in_until__gt=now)
            | Q(state=S.CHECKED_IN, ends_at__gt=now)
        )

    def between(self, start: datetime, end: datetime) -> BookingQuerySet:
        """What takes place then, or was to."""
        return self.filter(starts_at__lt=end, ends_at__gt=start, state__in=TAKES_PLACE)

    def overdue(self, now: datetime) -> BookingQuerySet:
        """Whose state is to be brought up to date."""
        return self.filter(
            Q(state__in=ANSWERABLE, answer_by__lte=now)
            | Q(state=S.CONFIRMED, check_in_until__lte=now)
            | Q(state=S.CHECKED_IN, ends_at__lte=now)
        )


class Booking(Lifecycle):
    """``tenant`` has booked it. What it takes stands in the ledger: the space, what goes with it,
    and the minutes kept free around it, all held until check-in closes and active from then on.

    Price and cancellation are those of the rule when it was booked. CNY. Who waits for a time has
    no rows in the ledger until it is offered.
    """

    TRANSITIONS: ClassVar[Transitions] = {
        S.WAITING: frozenset({S.OFFERED, S.REQUESTED, S.CANCELLED, S.EXPIRED}),
        S.OFFERED: frozenset({S.CONFIRMED, S.CANCELLED, S.EXPIRED}),
        S.REQUESTED: frozenset({S.CONFIRMED, S.DECLINED, S.EXPIRED, S.CANCELLED}),
        S.CONFIRMED: frozenset({S.CHECKED_IN, S.CANCELLED, S.NO_SHOW}),
        S.CHECKED_IN: frozenset({S.COMPLETED}),
        S.COMPLETED: frozenset(),
        S.CANCELLED: frozenset(),
        S.NO_SHOW: frozenset(),
        S.DECLINED: frozenset(),
        S.EXPIRED: frozenset(),
    }

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    space = models.ForeignKey(
        Space, models.PROTECT, related_name="bookings", verbose_name=_("space")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    state = models.CharField(_("state"), max_length=12, choices=S.choices)
    purpose = models.CharField(_("what for"), max_length=200)
    booked_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, verbose_name=_("booked by")
    )
    created_at = models.DateTimeField(_("booked at"))
    answer_by = models.DateTimeField(_("to be answered by"), null=True)
    check_in_from = models.DateTimeField(_("check-in from"))
    check_in_until = models.DateTimeField(_("check-in until"))
    checked_in_at = models.DateTimeField(_("checked in at"), null=True)
    price = models.DecimalField(_("price in CNY"), max_digits=12, decimal_places=2)
    # Of the organisation's allowance of the month; what is beyond it is in the price.
    allowance_minutes = models.PositiveIntegerField(_("minutes of the allowance"), default=0)
    # Bookings that were made together.
    series = models.UUIDField(null=True, editable=False)
    # Of the calendar feed: grows with each change of time or state.
    version = models.PositiveIntegerField(default=0, editable=False)
    ladder = ArrayField(
        ArrayField(models.PositiveSmallIntegerField(), size=2),
        verbose_name=_("cancellation"),
        default=usual_ladder,
    )
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True)
    fee = models.DecimalField(_("fee in CNY"), max_digits=12, decimal_places=2, null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("space", "booking")
        verbose_name_plural = pgettext_lazy("space", "bookings")
        ordering = ["-starts_at", "-pk"]
        indexes = [
            models.Index(fields=["tenant", "state"], name="booking_of_tenant"),
            models.Index(fields=["space", "starts_at"], name="booking_of_space"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="booking_state_known"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="booking_span",
                violation_error_message=_("The end comes after the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=(S.CANCELLED, S.NO_SHOW), fee__isnull=False, fee__gte=0)
                | (~Q(state__in=(S.CANCELLED, S.NO_SHOW)) & Q(fee=None)),
                name="booking_fee_when_over",
            ),
            models.CheckConstraint(
                condition=Q(state=S.CANCELLED, cancelled_at__isnull=False)
                | (~Q(state=S.CANCELLED) & Q(cancelled_at=None)),
                name="booking_cancelled_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(S.CHECKED_IN, S.COMPLETED), checked_in_at__isnull=False)
                | (~Q(state__in=(S.CHECKED_IN, S.COMPLETED)) & Q(checked_in_at=None)),
                name="booking_checked_in_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.DECLINED) | ~Q(reason=""),
                name="booking_declined_why",
                violation_error_message=_("Say why it is declined."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ANSWERABLE) | Q(answer_by__isnull=False),
                name="booking_answered_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.space} {timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"

    def state_at(self, now: datetime) -> str:
        """The state as it is at this moment, whether or not somebody has written it down."""
        if self.state in ANSWERABLE and self.answer_by and self.answer_by <= now:
            return S.EXPIRED
        if self.state == S.CONFIRMED and self.check_in_until <= now:
            return S.NO_SHOW
        if self.state == S.CHECKED_IN and self.ends_at <= now:
            return S.COMPLETED
        return self.state

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    def opens_for_check_in(self, now: datetime) -> bool:
        return self.state == S.CONFIRMED and self.check_in_from <= now < self.check_in_until
