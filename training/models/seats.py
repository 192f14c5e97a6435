"""A seat in a session: held, asked for, waited for, booked, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from foundation.actors import Actor
from learners.models import Learner
from tenants.models import Membership, Tenant
from training.models.agreements import SeatAgreement
from training.models.sessions import FundingLine, Session


class SeatState(models.TextChoices):
    HELD = "held", pgettext_lazy("seat", "Held")
    REQUESTED = "requested", pgettext_lazy("seat", "Asked for")
    WAITLISTED = "waitlisted", pgettext_lazy("seat", "On the waiting list")
    OFFERED = "offered", pgettext_lazy("seat", "Offered")
    BOOKED = "booked", pgettext_lazy("seat", "Booked")
    CANCELLED = "cancelled", pgettext_lazy("seat", "Cancelled")
    DECLINED = "declined", pgettext_lazy("seat", "Declined")
    LEFT = "left", pgettext_lazy("seat", "Left the list")
    EXPIRED = "expired", pgettext_lazy("seat", "Lapsed")
    RELEASED = "released", pgettext_lazy("seat", "Given back")
    ATTENDED = "attended", pgettext_lazy("seat", "Attended")
    PARTIAL = "partial", pgettext_lazy("seat", "Attended in part")
    NO_SHOW = "no_show", pgettext_lazy("seat", "Did not come")
    EXCUSED = "excused", pgettext_lazy("seat", "Excused")
    PASSED = "passed", pgettext_lazy("seat", "Passed")
    FAILED = "failed", pgettext_lazy("seat", "Not passed")


S = SeatState
# From a booking on: with a name, in the room, and used of the agreement.
KEPT = (S.BOOKED, S.ATTENDED, S.PARTIAL, S.NO_SHOW, S.EXCUSED, S.PASSED, S.FAILED)
# Counted as held as long as their moment is not over.
FOR_A_TIME = (S.HELD, S.OFFERED)
# A place in the session, now or by a word of somebody.
TAKEN = (*FOR_A_TIME, *KEPT)
# Nothing comes of these any more.
GONE = (S.CANCELLED, S.DECLINED, S.LEFT, S.EXPIRED, S.RELEASED)
ALIVE = tuple(state for state in S.values if state not in GONE)
# Before anything was taught.
PENDING = (S.HELD, S.REQUESTED, S.WAITLISTED, S.OFFERED, S.BOOKED)


class PartyRule(models.TextChoices):
    ALL_OR_NONE = "all_or_none", pgettext_lazy("party", "All of them or none")
    ANY = "any", pgettext_lazy("party", "As many as there are")


def _expired(now: datetime) -> Q:
    return Q(state=S.HELD, hold_expires_at__lte=now) | Q(state=S.OFFERED, offer_expires_at__lte=now)


class SeatQuerySet(models.QuerySet["Seat"]):
    def visible_to(self, actor: Actor) -> SeatQuerySet:
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)

    def expired(self, now: datetime) -> SeatQuerySet:
        """Holds and offers whose moment is over, whether or not somebody has written it down."""
        return self.filter(_expired(now))

    def taken(self, now: datetime) -> SeatQuerySet:
        """What counts against the seats of a session at this moment."""
        return self.filter(state__in=TAKEN).exclude(_expired(now))

    def held(self, now: datetime) -> SeatQuerySet:
        """Held or offered, for a time that is not over."""
        return self.filter(state__in=FOR_A_TIME).exclude(_expired(now))

    def used(self) -> SeatQuerySet:
        """What an agreement or a funding line has given for good."""
        return self.filter(Q(state__in=KEPT) | Q(is_used_up=True))

    def waiting(self) -> SeatQuerySet:
        """In the order of the list."""
        return self.filter(state=S.WAITLISTED).order_by("-priority", "queued_at", "pk")

    def named(self) -> SeatQuerySet:
        return self.exclude(learner=None, membership=None)

    def alive(self, now: datetime) -> SeatQuerySet:
        return self.filter(state__in=ALIVE).exclude(_expired(now))


class Seat(Lifecycle):
    """``tenant`` has it, for a learner of its own or one of its members; blank without either.

    A blank seat is held for a time, and a booked one has a name. ``party`` names seats that were
    asked for together, and ``party_rule`` says whether fewer of them are any good.
    """

    TRANSITIONS: ClassVar[Transitions] = {
        S.HELD: frozenset({S.BOOKED, S.RELEASED, S.EXPIRED, S.CANCELLED}),
        S.REQUESTED: frozenset({S.HELD, S.BOOKED, S.WAITLISTED, S.DECLINED, S.CANCELLED}),
        S.WAITLISTED: frozenset({S.OFFERED, S.LEFT, S.EXPIRED, S.CANCELLED}),
        S.OFFERED: frozenset(
            {S.BOOKED, S.HELD, S.WAITLISTED, S.DECLINED, S.EXPIRED, S.CANCELLED}
        ),
        S.BOOKED: frozenset({S.CANCELLED, S.ATTENDED, S.PARTIAL, S.NO_SHOW, S.EXCUSED}),
        S.CANCELLED: frozenset(),
        S.DECLINED: frozenset(),
        S.LEFT: frozenset(),
        S.EXPIRED: frozenset(),
        S.RELEASED: frozenset(),
        S.ATTENDED: frozenset({S.PASSED, S.FAILED}),
        S.PARTIAL: frozenset({S.PASSED, S.FAILED}),
        S.NO_SHOW: frozenset({S.EXCUSED}),
        S.EXCUSED: frozenset(),
        S.PASSED: frozenset(),
        S.FAILED: frozenset(),
    }  # fmt: skip

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    session = models.ForeignKey(
        Session,
        models.PROTECT,
        related_name="seats",
        db_index=False,
        verbose_name=pgettext_lazy("training", "session"),
    )
    agreement = models.ForeignKey(
        SeatAgreement,
        models.PROTECT,
        related_name="seats",
        null=True,
        verbose_name=_("seat agreement"),
    )
    funding_line = models.ForeignKey(
        FundingLine,
        models.PROTECT,
        related_name="seat_rows",
        null=True,
        verbose_name=_("funding line"),
    )
    learner = models.ForeignKey(
        Learner, models.PROTECT, related_name="seats", null=True, verbose_name=_("learner")
    )
    membership = models.ForeignKey(
        Membership, models.PROTECT, related_name="seats", null=True, verbose_name=_("person")
    )
    state = models.CharField(_("state"), max_length=10, choices=S.choices)
    priority = models.SmallIntegerField(_("priority"), default=0)
    party = models.UUIDField(_("group"), null=True, editable=False)
    party_rule = models.CharField(
        _("rule of the group"), max_length=11, choices=PartyRule.choices, blank=True, default=""
    )
    created_at = models.DateTimeField(_("booked at"))
    # Its place in the list: when it came to it, or came to it again.
    queued_at = models.DateTimeField(_("in the list since"), null=True)
    hold_expires_at = models.DateTimeField(_("held until"), null=True)
    offer_expires_at = models.DateTimeField(_("offered until"), null=True)
    # Offers that nobody answered.
    missed_offers = models.PositiveSmallIntegerField(_("offers not answered"), default=0)
    # When the list passed its group over, which wants all or none, and how many seats there were.
    skipped_at = models.DateTimeField(_("passed over at"), null=True)
    skipped_left = models.PositiveIntegerField(_("seats there were then"), null=True)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("booked by"),
    )
    # Why it was declined, cancelled, moved up or booked beyond what was left.
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    # Given up after the deadline: the agreement does not get it back.
    is_used_up = models.BooleanField(_("counts as used"), default=False)
    ended_at = models.DateTimeField(_("given up at"), null=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("training", "seat")
        verbose_name_plural = pgettext_lazy("training", "seats")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["session", "state"], name="seat_of_session"),
            models.Index(fields=["tenant", "session"], name="seat_of_tenant"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="seat_state_known"),
            models.CheckConstraint(
                condition=Q(learner=None) | Q(membership=None),
                name="seat_of_one_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=KEPT)
                | Q(learner__isnull=False)
                | Q(membership__isnull=False),
                name="seat_booked_has_name",
                violation_error_message=_("A booked seat has a name."),
            ),
            models.CheckConstraint(
                condition=Q(state=S.HELD, hold_expires_at__isnull=False)
                | (~Q(state=S.HELD) & Q(hold_expires_at=None)),
                name="seat_held_until",
            ),
            models.CheckConstraint(
                condition=Q(state=S.OFFERED, offer_expires_at__isnull=False)
                | (~Q(state=S.OFFERED) & Q(offer_expires_at=None)),
                name="seat_offered_until",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(S.WAITLISTED, S.OFFERED)) | Q(queued_at__isnull=False),
                name="seat_queued_when",
            ),
            models.CheckConstraint(
                condition=Q(party=None, party_rule="")
                | Q(party__isnull=False, party_rule__in=PartyRule.values),
                name="seat_party_has_rule",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.DECLINED) | Q(queued_at__isnull=False) | ~Q(reason=""),
                name="seat_declined_why",
                violation_error_message=_("Say why it is declined."),
            ),
            models.CheckConstraint(
                condition=Q(skipped_at=None, skipped_left=None)
                | Q(skipped_at__isnull=False, skipped_left__isnull=False, state=S.WAITLISTED),
                name="seat_skipped_in_list",
            ),
            models.CheckConstraint(
                condition=Q(is_used_up=False) | Q(state=S.CANCELLED), name="seat_used_up_cancelled"
            ),
            models.UniqueConstraint(
                fields=["tenant", "session", "learner"],
                condition=Q(learner__isnull=False, state__in=ALIVE),
                name="seat_once_for_learner",
                violation_error_message=_("This person has a seat in this session already."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "session", "membership"],
                condition=Q(membership__isnull=False, state__in=ALIVE),
                name="seat_once_for_member",
                violation_error_message=_("This person has a seat in this session already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session}: {self.person or _('blank')}"

    @property
    def person(self) -> Learner | Membership | None:
        return self.learner or self.membership

    @property
    def is_blank(self) -> bool:
        return self.learner_id is None and self.membership_id is None

    def state_at(self, now: datetime) -> str:
        """The state as it is at this moment, whether or not somebody has written it down."""
        until = self.hold_expires_at or self.offer_expires_at
        return S.EXPIRED if until is not None and until <= now else self.state
