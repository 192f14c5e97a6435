"""A course that is held: capacity, dates and rooms, what is kept for whom, who pays.

The park's own and the same for every reader; only a share has an organisation.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from backbone.lifecycle import Lifecycle, Transitions
from certificates.hours import hours_of
from foundation.actors import Actor
from spaces.models import Space
from tenants.models import Tenant
from training.models.catalogue import CERTIFICATES, MINUTES_PER_HOUR, Course, Trainer


class SessionKind(models.TextChoices):
    COURSE = "course", pgettext_lazy("training", "Course")
    EVENT = "event", pgettext_lazy("training", "Event")


class SessionState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("session", "Draft")
    OPEN = "open", pgettext_lazy("session", "Open")
    CLOSED = "closed", pgettext_lazy("session", "Closed")
    RUNNING = "running", pgettext_lazy("session", "Running")
    FINISHED = "finished", pgettext_lazy("session", "Finished")
    SETTLED = "settled", pgettext_lazy("session", "Settled")
    CANCELLED = "cancelled", pgettext_lazy("session", "Cancelled")


S = SessionState
# What is to come or goes on.
UPCOMING = (S.OPEN, S.CLOSED, S.RUNNING)
PAST = (S.FINISHED, S.SETTLED)


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, actor: Actor) -> SessionQuerySet:
        """A draft is the park's own business."""
        return self if actor.is_staff else self.exclude(state=S.DRAFT)

    def listed(self) -> SessionQuerySet:
        """What the public catalogue shows."""
        return self.filter(is_listed=True, state__in=UPCOMING)

    def bookable(self, now: datetime) -> SessionQuerySet:
        return self.filter(state=S.OPEN, opens_at__lte=now, closes_at__gt=now)

    def due(self, now: datetime) -> SessionQuerySet:
        """Whose next step somebody has to take: booking is over, it has begun, it has ended."""
        begun = SessionDate.objects.standing().filter(starts_at__lte=now).values("session")
        going = SessionDate.objects.standing().filter(ends_at__gt=now).values("session")
        return self.filter(
            Q(state=S.OPEN, closes_at__lte=now)
            | Q(state=S.CLOSED, pk__in=begun)
            | (Q(state=S.RUNNING) & ~Q(pk__in=going))
        )


class Session(Lifecycle):
    """Full is not a state: it follows from the seats. The rule of the course is frozen into the
    session when it opens, and is what attendance, test and certificate go by from then on.

    ``closes_at`` ends booking and changes of names, ``cancel_until`` is the last moment at which
    a seat goes back to where it came from, ``hold_until`` that for which a blank seat is held.
    ``price`` of a seat in CNY.
    """

    TRANSITIONS: ClassVar[Transitions] = {
        S.DRAFT: frozenset({S.OPEN, S.CANCELLED}),
        S.OPEN: frozenset({S.CLOSED, S.CANCELLED}),
        S.CLOSED: frozenset({S.RUNNING, S.CANCELLED}),
        S.RUNNING: frozenset({S.FINISHED}),
        S.FINISHED: frozenset({S.SETTLED}),
        S.SETTLED: frozenset(),
        S.CANCELLED: frozenset(),
    }

    code = models.SlugField(_("code"), max_length=40)
    kind = models.CharField(
        _("kind"), max_length=6, choices=SessionKind.choices, default=SessionKind.COURSE
    )
    course = models.ForeignKey(
        Course,
        models.PROTECT,
        related_name="sessions",
        null=True,
        blank=True,
        verbose_name=pgettext_lazy("training", "course"),
    )
    # An event has no course and so a name of its own; of a course it may be told apart by one.
    name_zh = models.CharField(_("name in Chinese"), max_length=100, blank=True, default="")
    name_en = models.CharField(_("name in English"), max_length=100, blank=True, default="")
    state = models.CharField(_("state"), max_length=9, choices=S.choices, default=S.DRAFT)
    capacity = models.PositiveIntegerField(_("seats"))
    most_per_organisation = models.PositiveIntegerField(
        _("most seats of one organisation"), null=True, blank=True
    )
    needs_approval = models.BooleanField(_("the park approves each seat"), default=False)
    is_listed = models.BooleanField(_("in the public catalogue"), default=True)
    opens_at = models.DateTimeField(_("booking opens"))
    closes_at = models.DateTimeField(_("booking and change of names until"))
    cancel_until = models.DateTimeField(_("cancellation without loss until"))
    hold_until = models.DateTimeField(_("blank seats are held until"))
    trainers = models.ManyToManyField(
        Trainer, through="SessionTrainer", related_name="+", verbose_name=_("trainers")
    )
    # Frozen when it opens.
    minutes = models.PositiveIntegerField(_("minutes of teaching"), null=True)
    minutes_per_hour = models.PositiveSmallIntegerField(
        _("minutes of a teaching hour"), choices=MINUTES_PER_HOUR, null=True
    )
    price = models.DecimalField(
        _("price of a seat in CNY"), max_digits=10, decimal_places=2, null=True
    )
    attendance_percent = models.PositiveSmallIntegerField(
        _("per cent of the minutes to be attended"), null=True
    )
    test_required = models.BooleanField(_("a test has to be passed"), null=True)
    certificate_kind = models.CharField(
        _("certificate"), max_length=12, choices=CERTIFICATES, blank=True, default=""
    )
    opened_at = models.DateTimeField(_("opened"), null=True)
    closing_reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    # Of the calendar feed: grows with each change that a calendar shows.
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("training", "session")
        verbose_name_plural = pgettext_lazy("training", "sessions")
        ordering = ["-opens_at", "-pk"]
        indexes = [models.Index(fields=["state", "closes_at"], name="session_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                name="session_code_once",
                violation_error_message=_("There is a session of this code."),
            ),
            models.CheckConstraint(condition=Q(state__in=S.values), name="session_state_known"),
            models.CheckConstraint(
                condition=Q(kind="course", course__isnull=False)
                | Q(kind="event", course=None, name_zh__gt="", name_en__gt=""),
                name="session_course_or_event",
                violation_error_message=_("A session has a course; an event has names instead."),
            ),
            models.CheckConstraint(
                condition=Q(capacity__gt=0),
                name="session_capacity",
                violation_error_message=_("A session has seats."),
            ),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at"), cancel_until__lte=F("closes_at")),
                name="session_moments",
                violation_error_message=_(
                    "Booking opens before it closes, and seats can be given back until then at "
                    "the latest."
                ),
            ),
            models.CheckConstraint(
                condition=Q(hold_until__lte=F("closes_at")),
                name="session_holds_until",
                violation_error_message=_("Blank seats are held until booking closes at most."),
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None)
                | Q(
                    opened_at__isnull=False,
                    minutes__isnull=False,
                    minutes_per_hour__isnull=False,
                    price__isnull=False,
                    attendance_percent__isnull=False,
                    test_required__isnull=False,
                    certificate_kind__gt="",
                ),
                name="session_rule_frozen",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(S.DRAFT, S.CANCELLED)) | Q(opened_at__isnull=False),
                name="session_opened_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.CANCELLED) | ~Q(closing_reason=""),
                name="session_cancelled_why",
                violation_error_message=_("Say why it is cancelled."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.code}"

    @property
    def title(self) -> str:
        is_english = (get_language() or "").startswith("en")
        own = self.name_en if is_english else self.name_zh
        return own or str(self.course)

    @property
    def hours(self) -> Decimal | None:
        """学时 by the frozen rule, or by the course's while it is a draft; an event has none."""
        if self.course is None:
            return None
        if self.minutes and self.minutes_per_hour:
            return hours_of(self.minutes, self.minutes_per_hour)
        return self.course.hours

    def is_open(self, now: datetime) -> bool:
        return self.state == S.OPEN and self.opens_at <= now < self.closes_at


class SessionTrainer(models.Model):
    session = models.ForeignKey(Session, models.CASCADE, related_name="trainer_rows")
    trainer = models.ForeignKey(
        Trainer, models.PROTECT, related_name="session_rows", verbose_name=_("trainer")
    )

    class Meta:
        verbose_name = _("trainer of a session")
        verbose_name_plural = _("trainers of a session")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "trainer"],
                name="session_trainer_once",
                violation_error_message=_("This trainer teaches it already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.trainer)


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class SessionDateQuerySet(models.QuerySet["SessionDate"]):
    def standing(self) -> SessionDateQuerySet:
        return self.filter(cancelled_at=None)

    def between(self, start: datetime, end: datetime) -> SessionDateQuerySet:
        return self.standing().filter(starts_at__lt=end, ends_at__gt=start)


class SessionDate(models.Model):
    """One time at which it is taught. Its room stands in the ledger of spaces, taken in the same
    transaction; a place outside of the park is named in words."""

    session = models.ForeignKey(
        Session,
        models.PROTECT,
        related_name="dates",
        verbose_name=pgettext_lazy("training", "session"),
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    space = models.ForeignKey(
        Space, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("space")
    )
    place = models.CharField(_("place outside of the park"), max_length=200, blank=True, default="")
    # Of idle hours: until then a resident may take the space back, and the session is off.
    yields_until = models.DateTimeField(
        _("residents take it back until"), null=True, blank=True, editable=False
    )
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, editable=False)

    objects = SessionDateQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("training", "date of a session")
        verbose_name_plural = pgettext_lazy("training", "dates of sessions")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["starts_at"], name="session_date_when")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_date_span",
                violation_error_message=_("The end comes after the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(space__isnull=False, place="") | Q(space=None, place__gt=""),
                name="session_date_where",
                violation_error_message=_("Choose a space, or name a place outside of the park."),
            ),
            ExclusionConstraint(
                name="session_dates_apart",
                expressions=[
                    (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                    ("session", RangeOperators.EQUAL),
                ],
                condition=Q(cancelled_at=None),
                violation_error_message=_("The session has another date at that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


class SessionShareQuerySet(models.QuerySet["SessionShare"]):
    def visible_to(self, actor: Actor) -> SessionShareQuerySet:
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)

    def in_force(self, now: datetime) -> SessionShareQuerySet:
        return self.filter(until__gt=now)


class SessionShare(models.Model):
    """Seats of a session kept for one university until a moment; so long it gets no more than
    these. From then on what it has not used is in the pool, and it books from there too."""

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("university")
    )
    session = models.ForeignKey(
        Session,
        models.PROTECT,
        related_name="shares",
        verbose_name=pgettext_lazy("training", "session"),
    )
    seats = models.PositiveIntegerField(_("seats"))
    until = models.DateTimeField(_("kept until"))

    objects = SessionShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("share of a session")
        verbose_name_plural = _("shares of sessions")
        ordering = ["session", "tenant"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "session"],
                name="share_once",
                violation_error_message=_("This university has a share of this session."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session}: {self.tenant}"


class FundingLine(models.Model):
    """Money of a programme that pays for so many seats of sessions that begin in its period."""

    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    seats = models.PositiveIntegerField(_("seats"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), help_text=_("The last day."))

    class Meta:
        verbose_name = _("funding line")
        verbose_name_plural = _("funding lines")
        ordering = ["-starts_on", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                name="funding_line_code_once",
                violation_error_message=_("There is a funding line of this code."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="funding_line_span",
                violation_error_message=_("The last day is not before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
