"""Who was there: a mark for each seat and date, the result of a test, and what learners thought.

Marks and results are added and never changed. A correction is another row that names the one it
corrects; the one that nothing corrects counts.
"""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.actors import Actor
from tenants.models import Tenant
from training.models.seats import Seat
from training.models.sessions import SessionDate


class MarkKind(models.TextChoices):
    """Not set is not a mark: it is that there is none."""

    PRESENT = "present", pgettext_lazy("attendance", "Present")
    LATE = "late", pgettext_lazy("attendance", "Came late")
    LEFT_EARLY = "left_early", pgettext_lazy("attendance", "Left early")
    EXCUSED = "excused", pgettext_lazy("attendance", "Excused")
    ABSENT = "absent", pgettext_lazy("attendance", "Absent")


class MarkSource(models.TextChoices):
    CODE = "code", pgettext_lazy("attendance", "Code on the screen")
    STAFF = "staff", pgettext_lazy("attendance", "List of the staff")
    SHEET = "sheet", pgettext_lazy("attendance", "Signed sheet")


M = MarkKind
THERE = (M.PRESENT, M.LATE, M.LEFT_EARLY)
# These say how many minutes; of the others it follows.
IN_PART = (M.LATE, M.LEFT_EARLY)


class Corrected(models.QuerySet):
    """Rows of which one may correct another."""

    def counting(self) -> Corrected:
        """Those that nothing corrects."""
        later = self.model._default_manager.filter(corrects=OuterRef("pk"))
        return self.filter(~Exists(later.filter(tenant_id=OuterRef("tenant_id"))))

    def visible_to(self, actor: Actor) -> Corrected:
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)


class AttendanceMark(models.Model):
    """``minutes`` count: all of the date for who was there all the time, none for who was not."""

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    seat = models.ForeignKey(
        Seat, models.PROTECT, related_name="marks", verbose_name=pgettext_lazy("training", "seat")
    )
    date = models.ForeignKey(
        SessionDate, models.PROTECT, related_name="marks", verbose_name=_("date")
    )
    kind = models.CharField(_("mark"), max_length=10, choices=M.choices)
    minutes = models.PositiveIntegerField(_("minutes"))
    source = models.CharField(_("source"), max_length=5, choices=MarkSource.choices)
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="")
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("corrects")
    )
    at = models.DateTimeField(_("recorded"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )

    objects = Corrected.as_manager()

    class Meta:
        verbose_name = _("attendance mark")
        verbose_name_plural = _("attendance marks")
        ordering = ["pk"]
        indexes = [models.Index(fields=["date", "seat"], name="mark_of_date")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "seat", "date"],
                condition=Q(corrects=None),
                name="mark_first_once",
                violation_error_message=_("Somebody else has marked this in the meantime."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "corrects"],
                name="mark_corrected_once",
                violation_error_message=_("Somebody else has marked this in the meantime."),
            ),
            models.CheckConstraint(condition=Q(kind__in=M.values), name="mark_kind_known"),
            models.CheckConstraint(
                condition=Q(source__in=MarkSource.values), name="mark_source_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=THERE, minutes__gt=0)
                | Q(kind__in=(M.EXCUSED, M.ABSENT), minutes=0),
                name="mark_minutes",
                violation_error_message=_("Who was there has minutes, who was not has none."),
            ),
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(reason=""),
                name="mark_corrected_why",
                violation_error_message=_("Say why the mark is corrected."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.minutes}"


class TestResult(models.Model):
    """``score`` out of a hundred, where the test has one."""

    __test__ = False

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    seat = models.ForeignKey(
        Seat,
        models.PROTECT,
        related_name="results",
        verbose_name=pgettext_lazy("training", "seat"),
    )
    passed = models.BooleanField(_("passed"))
    score = models.DecimalField(
        _("score out of 100"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="")
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("corrects")
    )
    at = models.DateTimeField(_("recorded"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )

    objects = Corrected.as_manager()

    class Meta:
        verbose_name = _("test result")
        verbose_name_plural = _("test results")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "seat"],
                condition=Q(corrects=None),
                name="result_first_once",
                violation_error_message=_("Somebody else has marked this in the meantime."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "corrects"],
                name="result_corrected_once",
                violation_error_message=_("Somebody else has marked this in the meantime."),
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=100),
                name="result_score",
                violation_error_message=_("A score is between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(reason=""),
                name="result_corrected_why",
                violation_error_message=_("Say why the result is corrected."),
            ),
        ]

    def __str__(self) -> str:
        return self.said

    @property
    def said(self) -> str:
        word = str(_("Passed") if self.passed else _("Not passed"))
        return word if self.score is None else f"{word} ({_trimmed(self.score)})"


def _trimmed(score: Decimal) -> str:
    return f"{score.normalize():f}"


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, actor: Actor) -> FeedbackQuerySet:
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)


MARKS = [(n, str(n)) for n in range(1, 6)]


class Feedback(models.Model):
    """What whoever sat on a seat thought of it, from 1 to 5; once, after the last date."""

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    seat = models.ForeignKey(
        Seat,
        models.PROTECT,
        related_name="feedback",
        verbose_name=pgettext_lazy("training", "seat"),
    )
    content = models.PositiveSmallIntegerField(_("what was taught"), choices=MARKS)
    teaching = models.PositiveSmallIntegerField(_("how it was taught"), choices=MARKS)
    value = models.PositiveSmallIntegerField(_("use for your work"), choices=MARKS)
    comment = models.TextField(_("comment"), max_length=1000, blank=True, default="")
    at = models.DateTimeField(_("recorded"))

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "seat"],
                name="feedback_once",
                violation_error_message=_("You have told us already. Thank you."),
            ),
            models.CheckConstraint(
                condition=Q(content__range=(1, 5), teaching__range=(1, 5), value__range=(1, 5)),
                name="feedback_marks",
                violation_error_message=_("Marks go from 1 to 5."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.content} {self.teaching} {self.value}"
