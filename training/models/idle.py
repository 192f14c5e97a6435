"""Hours of a space that nobody took, put to use for practice."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from spaces.models import Space
from training.models.catalogue import Course

WEEKDAYS = (
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
)


class IdleRuleQuerySet(models.QuerySet["IdleRule"]):
    def in_force(self) -> IdleRuleQuerySet:
        return self.filter(ended_at=None, space__retired_at=None, course__retired_at=None)


class IdleRule(models.Model):
    """A space that is still free ``release_hours`` before these hours of a day goes to students,
    who practise for a course there; a resident may take it back until ``takeback_hours`` before.
    """

    space = models.ForeignKey(
        Space,
        models.PROTECT,
        related_name="+",
        verbose_name=_("space"),
        limit_choices_to={"lets_by_hour": True, "is_exclusive": True, "retired_at": None},
    )
    course = models.ForeignKey(
        Course,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("training", "course"),
        limit_choices_to={"retired_at": None},
    )
    seats = models.PositiveSmallIntegerField(_("seats"))
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=WEEKDAYS), verbose_name=_("days of the week")
    )
    starts_at = models.TimeField(_("from"))
    ends_at = models.TimeField(_("until"))
    release_hours = models.PositiveSmallIntegerField(_("goes to students hours before"), default=24)
    takeback_hours = models.PositiveSmallIntegerField(
        _("residents take it back until hours before"), default=12
    )
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)

    objects = IdleRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule for idle hours")
        verbose_name_plural = _("rules for idle hours")
        ordering = ["space", "starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="idle_rule_span",
                violation_error_message=_("The end comes after the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(takeback_hours__gt=0, release_hours__gt=F("takeback_hours")),
                name="idle_rule_hours",
                violation_error_message=_(
                    "Idle hours go to students before the time until which residents take them "
                    "back, and that is an hour before they begin at the latest."
                ),
            ),
            models.CheckConstraint(
                condition=Q(seats__gt=0),
                name="idle_rule_seats",
                violation_error_message=_("A session has seats."),
            ),
            models.CheckConstraint(
                condition=Q(weekdays__len__gt=0),
                name="idle_rule_weekdays",
                violation_error_message=_("Choose at least one day."),
            ),
            models.UniqueConstraint(
                fields=["space", "starts_at"],
                condition=Q(ended_at=None),
                name="idle_rule_once",
                violation_error_message=_("There is a rule for these hours of the space."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.space} {self.starts_at:%H:%M}–{self.ends_at:%H:%M}"

    def span(self, day: date) -> tuple[datetime, datetime]:
        """These hours of a day, where the park is."""
        start, end = (
            timezone.make_aware(datetime.combine(day, clock))
            for clock in (self.starts_at, self.ends_at)
        )
        return start, end

    def due(self, now: datetime) -> list[tuple[datetime, datetime]]:
        """The hours that go to students now if they are free: from ``release_hours`` before until
        residents could not take them back any more."""
        first = timezone.localdate(now)
        days = self.release_hours // 24 + 2
        spans = [self.span(first + timedelta(days=n)) for n in range(days)]
        return [
            (start, end)
            for start, end in spans
            if timezone.localdate(start).isoweekday() in self.weekdays
            and start - timedelta(hours=self.release_hours) <= now
            and now < self.takeback_until(start)
        ]

    def takeback_until(self, start: datetime) -> datetime:
        return start - timedelta(hours=self.takeback_hours)
