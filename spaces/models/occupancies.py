"""The ledger of occupancies: who has which space when, whatever for."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Deferrable, F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from foundation.actors import Actor
from spaces.models.tree import Space
from tenants.models import Tenant


class OccupancyKind(models.TextChoices):
    LEASE = "lease", pgettext_lazy("occupancy", "Lease")
    BOOKING = "booking", pgettext_lazy("occupancy", "Booking")
    SESSION = "session", pgettext_lazy("occupancy", "Training session")
    HOLD = "hold", pgettext_lazy("occupancy", "Hold")
    BUFFER = "buffer", pgettext_lazy("occupancy", "Buffer")
    MAINTENANCE = "maintenance", pgettext_lazy("occupancy", "Maintenance")
    BLOCK = "block", pgettext_lazy("occupancy", "Block")


class OccupancyState(models.TextChoices):
    HELD = "held", pgettext_lazy("occupancy", "Held")
    ACTIVE = "active", pgettext_lazy("occupancy", "Active")
    COMPLETED = "completed", pgettext_lazy("occupancy", "Completed")
    RELEASED = "released", pgettext_lazy("occupancy", "Released")
    CANCELLED = "cancelled", pgettext_lazy("occupancy", "Cancelled")
    LAPSED = "lapsed", pgettext_lazy("occupancy", "Lapsed")


# What goes on or is to come; a held row only until it expires.
LIVE = (OccupancyState.HELD, OccupancyState.ACTIVE)
# In these states a row keeps others out. What is completed keeps its time too: the past is not
# given away twice.
STANDING = (*LIVE, OccupancyState.COMPLETED)
# What the park does with its own spaces, without a row elsewhere that says why.
NEEDS_REASON = (OccupancyKind.MAINTENANCE, OccupancyKind.BLOCK)
# These may go on until further notice.
OPEN_ENDED = (OccupancyKind.LEASE, *NEEDS_REASON)
NEEDS_SOURCE = (OccupancyKind.LEASE, OccupancyKind.BOOKING, OccupancyKind.SESSION)


def _expired(now: datetime) -> Q:
    return Q(state=OccupancyState.HELD, expires_at__lte=now)


def _yielding(now: datetime) -> Q:
    return Q(yields_until__gt=now)


class OccupancyQuerySet(models.QuerySet["Occupancy"]):
    def visible_to(self, actor: Actor) -> OccupancyQuerySet:
        """The reader's own. What others have is seen only as ``spaces.queries.busy``."""
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)

    def live(self, now: datetime) -> OccupancyQuerySet:
        """What somebody has or is going to have, at this moment of asking: an expired hold is
        nobody's."""
        return self.filter(state__in=LIVE).exclude(_expired(now))

    def standing(self, now: datetime) -> OccupancyQuerySet:
        """What keeps others out: what is live, but for what gives way yet, and in the past what
        was completed."""
        return self.filter(state__in=STANDING).exclude(_expired(now)).exclude(_yielding(now))

    def yielding(self, now: datetime) -> OccupancyQuerySet:
        """What gives way to whoever takes the space at this moment."""
        return self.filter(_yielding(now), state=OccupancyState.ACTIVE)

    def expired(self, now: datetime) -> OccupancyQuerySet:
        return self.filter(_expired(now))

    def overlapping(self, start: datetime, end: datetime | None) -> OccupancyQuerySet:
        """What touches ``[start, end)``; None is without an end."""
        return self.filter(during__overlap=DateTimeTZRange(start, end))

    def ahead(self, now: datetime) -> OccupancyQuerySet:
        """Live, and not over: what somebody has now or is going to have."""
        return self.live(now).overlapping(now, None)

    def of_source(self, source: models.Model) -> OccupancyQuerySet:
        """Rows that were taken for this row of another app."""
        return self.filter(source_type=source._meta.label_lower, source_id=source.pk)


class Occupancy(Lifecycle):
    """A space, or some of it, for a span of time. ``tenant`` is who has it.

    The span is half-open: who ends at ten makes room for who begins at ten. Of one exclusive
    space no two standing rows overlap: the constraint ``occupancy_no_overlap`` says so, whoever
    writes. Written by ``spaces.operations.occupancy`` alone, under the locks it takes.
    """

    TRANSITIONS: ClassVar[Transitions] = {
        OccupancyState.HELD: frozenset(
            {
                OccupancyState.ACTIVE,
                OccupancyState.RELEASED,
                OccupancyState.CANCELLED,
                OccupancyState.LAPSED,
            }
        ),
        OccupancyState.ACTIVE: frozenset(
            {OccupancyState.COMPLETED, OccupancyState.RELEASED, OccupancyState.CANCELLED}
        ),
        OccupancyState.COMPLETED: frozenset(),
        OccupancyState.RELEASED: frozenset(),
        OccupancyState.CANCELLED: frozenset(),
        OccupancyState.LAPSED: frozenset(),
    }

    tenant = models.ForeignKey(
        Tenant,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("organisation"),
    )
    # The key in the database has ``is_exclusive`` with it (spaces/migrations).
    space = models.ForeignKey(
        Space,
        models.PROTECT,
        related_name="occupancies",
        db_constraint=False,
        verbose_name=_("space"),
    )
    during = DateTimeRangeField(_("from – until"))
    kind = models.CharField(_("kind"), max_length=12, choices=OccupancyKind.choices)
    state = models.CharField(_("state"), max_length=10, choices=OccupancyState.choices)
    expires_at = models.DateTimeField(_("held until"), null=True)
    # Of what goes on until further notice, when it is expected to end: a lease has a last day, and
    # keeps its space beyond it until it is handed back.
    expected_until = models.DateTimeField(_("expected until"), null=True)
    # Idle hours that are put to use: until then whoever takes the space has it instead.
    yields_until = models.DateTimeField(_("gives way until"), null=True)
    amount = models.PositiveIntegerField(_("how many"), default=1)
    # Of a lease, the m² it is for; without one they are the space's.
    area = models.DecimalField(
        _("contracted area in m²"), max_digits=10, decimal_places=2, null=True
    )
    is_exclusive = models.BooleanField(_("taken by one at a time"))
    # The row of another app that it was taken for: ``offices.booking`` and its key.
    source_type = models.CharField(_("taken for"), max_length=60, blank=True, default="")
    source_id = models.BigIntegerField(null=True)
    # One taking is one group: a room, its kit, its operator and the buffers around them.
    group = models.UUIDField(_("taken together"), default=uuid.uuid4)
    # A desk that was taken because its unit was; it goes wherever that row goes.
    under = models.ForeignKey(
        "self", models.PROTECT, related_name="beneath", null=True, verbose_name=_("taken with")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    created_at = models.DateTimeField(_("taken at"), db_default=Now())

    objects = OccupancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("occupancy")
        verbose_name_plural = _("occupancies")
        ordering = ["during", "pk"]
        indexes = [
            models.Index(fields=["tenant", "state"], name="occupancy_of_tenant"),
            models.Index(fields=["source_type", "source_id"], name="occupancy_of_source"),
        ]
        constraints = [
            # Judged at the end of a statement, or later where rows of one taking change places.
            ExclusionConstraint(
                name="occupancy_no_overlap",
                expressions=[
                    ("space", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=STANDING, is_exclusive=True),
                deferrable=Deferrable.IMMEDIATE,
                violation_error_message=_("This space is taken at that time."),
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__startswith__isnull=False)
                & Q(during__lower_inc=True, during__upper_inc=False),
                name="occupancy_span",
                violation_error_message=_("The end comes after the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(during__upper_inf=False) | Q(kind__in=OPEN_ENDED),
                name="occupancy_ends",
                violation_error_message=_("Say until when it is taken."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OccupancyKind.values), name="occupancy_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OccupancyState.values), name="occupancy_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=OccupancyState.HELD, expires_at__isnull=False)
                | (~Q(state=OccupancyState.HELD) & Q(expires_at=None)),
                name="occupancy_held_expires",
                violation_error_message=_("Say until when it is held."),
            ),
            models.CheckConstraint(
                condition=Q(amount=1) | Q(is_exclusive=False, amount__gt=1),
                name="occupancy_amount",
                violation_error_message=_("Say how many are taken."),
            ),
            models.CheckConstraint(condition=Q(area=None) | Q(area__gt=0), name="occupancy_area"),
            models.CheckConstraint(
                condition=Q(yields_until=None)
                | Q(
                    is_exclusive=True,
                    kind=OccupancyKind.SESSION,
                    during__startswith__gte=F("yields_until"),
                ),
                name="occupancy_yields",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=NEEDS_REASON) | ~Q(reason=""),
                name="occupancy_has_reason",
                violation_error_message=_("Say why it is closed."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=NEEDS_SOURCE)
                | (~Q(source_type="") & Q(source_id__isnull=False)),
                name="occupancy_has_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.space} {timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"

    @property
    def starts_at(self) -> datetime:
        return self.during.lower

    @property
    def ends_at(self) -> datetime | None:
        """None is until further notice."""
        return self.during.upper

    @property
    def last_moment(self) -> datetime | None:
        """When it ends, or is expected to; None is without a known end."""
        return self.ends_at or self.expected_until

    def is_live(self, now: datetime) -> bool:
        return self.state == OccupancyState.ACTIVE or (
            self.state == OccupancyState.HELD
            and self.expires_at is not None
            and self.expires_at > now
        )
