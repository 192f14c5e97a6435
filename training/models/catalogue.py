"""What is taught: programmes and courses, and who teaches. The park's own, without a tenant."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from certificates.hours import hours_of
from certificates.models import CertificateKind
from spaces.models.tree import Named


class InUse(models.QuerySet):
    def in_use(self) -> InUse:
        """Everything that is not retired."""
        return self.filter(retired_at=None)


class Described(Named):
    """With words for the public catalogue, in both languages."""

    description_zh = models.TextField(
        _("description in Chinese"), max_length=4000, blank=True, default=""
    )
    description_en = models.TextField(
        _("description in English"), max_length=4000, blank=True, default=""
    )
    retired_at = models.DateTimeField(_("retired"), null=True, editable=False)

    objects = InUse.as_manager()

    class Meta:
        abstract = True

    @property
    def description(self) -> str:
        is_english = (get_language() or "").startswith("en")
        first, second = self.description_zh, self.description_en
        return (second or first) if is_english else (first or second)


class Programme(Described):
    code = models.SlugField(_("code"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = pgettext_lazy("training", "programme")
        verbose_name_plural = pgettext_lazy("training", "programmes")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                name="programme_code_once",
                violation_error_message=_("There is a programme of this code."),
            ),
        ]


class Language(models.TextChoices):
    CHINESE = "zh", _("Chinese")
    ENGLISH = "en", _("English")
    BOTH = "both", _("Chinese and English")


# The kinds of certificates, or none.
NO_CERTIFICATE = "none"
CERTIFICATES = [
    (NO_CERTIFICATE, pgettext_lazy("certificate", "None")),
    *((kind.value, kind.label) for kind in CertificateKind),
]

# Teaching units are 45 or 50 minutes by scheme.
MINUTES_PER_HOUR = ((45, _("45 minutes")), (50, _("50 minutes")))


class Course(Described):
    """``minutes`` of teaching in all; ``price`` of a seat in CNY."""

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="courses", verbose_name=_("programme")
    )
    code = models.SlugField(_("code"), max_length=40)
    minutes = models.PositiveIntegerField(_("minutes of teaching"))
    minutes_per_hour = models.PositiveSmallIntegerField(
        _("minutes of a teaching hour"), choices=MINUTES_PER_HOUR, default=45
    )
    price = models.DecimalField(_("price of a seat in CNY"), max_digits=10, decimal_places=2)
    language = models.CharField(
        _("language"), max_length=4, choices=Language.choices, default=Language.CHINESE
    )
    attendance_percent = models.PositiveSmallIntegerField(
        _("per cent of the minutes to be attended"), default=80
    )
    test_required = models.BooleanField(_("a test has to be passed"), default=False)
    certificate_kind = models.CharField(
        _("certificate"),
        max_length=12,
        choices=CERTIFICATES,
        default=CertificateKind.TRAINING,
    )
    prerequisites = models.ManyToManyField(
        "self",
        through="CoursePrerequisite",
        through_fields=("course", "required"),
        symmetrical=False,
        related_name="+",
        verbose_name=_("prerequisites"),
    )

    class Meta:
        verbose_name = pgettext_lazy("training", "course")
        verbose_name_plural = pgettext_lazy("training", "courses")
        ordering = ["programme__position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                name="course_code_once",
                violation_error_message=_("There is a course of this code."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__gt=0),
                name="course_minutes",
                violation_error_message=_("A course has minutes of teaching."),
            ),
            models.CheckConstraint(
                condition=Q(minutes_per_hour__in=[45, 50]),
                name="course_minutes_per_hour",
                violation_error_message=_("A teaching hour has 45 or 50 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0),
                name="course_price",
                violation_error_message=_("A price is not below zero."),
            ),
            models.CheckConstraint(
                condition=Q(attendance_percent__gte=1, attendance_percent__lte=100),
                name="course_attendance_percent",
                violation_error_message=_("Between 1 and 100 per cent have to be attended."),
            ),
            models.CheckConstraint(
                condition=Q(certificate_kind__in=[code for code, _label in CERTIFICATES]),
                name="course_certificate_known",
            ),
            models.CheckConstraint(
                condition=Q(language__in=Language.values), name="course_language_known"
            ),
        ]

    @property
    def hours(self) -> Decimal:
        return hours_of(self.minutes, self.minutes_per_hour)


class CoursePrerequisite(models.Model):
    """Who takes ``course`` has passed ``required`` before."""

    course = models.ForeignKey(
        Course, models.CASCADE, related_name="required_rows", verbose_name=_("course")
    )
    required = models.ForeignKey(
        Course, models.PROTECT, related_name="+", verbose_name=_("required course")
    )

    class Meta:
        verbose_name = _("prerequisite")
        verbose_name_plural = _("prerequisites")
        constraints = [
            models.UniqueConstraint(
                fields=["course", "required"],
                name="prerequisite_once",
                violation_error_message=_("This course is required already."),
            ),
            models.CheckConstraint(
                condition=~Q(course=F("required")),
                name="prerequisite_is_another",
                violation_error_message=_("A course does not require itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} ← {self.required}"


class Trainer(Named):
    title_zh = models.CharField(_("title in Chinese"), max_length=100, blank=True, default="")
    title_en = models.CharField(_("title in English"), max_length=100, blank=True, default="")
    retired_at = models.DateTimeField(_("retired"), null=True, editable=False)

    objects = InUse.as_manager()

    class Meta:
        verbose_name = _("trainer")
        verbose_name_plural = _("trainers")
        ordering = ["name_zh", "pk"]

    @property
    def title(self) -> str:
        is_english = (get_language() or "").startswith("en")
        return self.title_en if is_english else self.title_zh
