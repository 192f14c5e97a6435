"""Admission as data: documents asked for, rules checked, who reviews and by which rubric."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from residency.kinds import ApplicantKind
from tenants.models import Tenant


class Bilingual(models.Model):
    """A label in both languages; the reader's own is shown."""

    label_zh = models.CharField(_("label in Chinese"), max_length=200)
    label_en = models.CharField(_("label in English"), max_length=200)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label_en if (get_language() or "").startswith("en") else self.label_zh


class DocumentRequirement(Bilingual):
    """A document that applicants of a kind bring. Belongs to the park's operator."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("applicant"), max_length=12, choices=ApplicantKind.choices)
    code = models.SlugField(_("code"), max_length=40)
    is_required = models.BooleanField(_("required"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # Requirements are not deleted: applications name them.
    withdrawn_on = models.DateField(_("not asked for since"), null=True, blank=True)

    class Meta:
        verbose_name = _("required document")
        verbose_name_plural = _("required documents")
        ordering = ["kind", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "code"],
                name="document_requirement_once",
                violation_error_message=_("This kind of applicant has a document of this code."),
            ),
        ]


class RuleCode(models.TextChoices):
    """The checks that exist (``residency.admission_rules``); which apply is data."""

    AGE_AT_MOST = "age_at_most", _("Company is at most so many months old")
    AGE_AT_LEAST = "age_at_least", _("Company is at least so many months old")
    HEADCOUNT_AT_LEAST = "headcount_at_least", _("At least so many people")
    VOLUME_AT_LEAST = "volume_at_least", _("At least so much volume in 12 months (CNY)")
    AREA_AT_MOST = "area_at_most", _("Wants at most so much area (m²)")
    REGISTERS_HERE = "registers_here", _("Registers its address in the park")
    NOT_DISHONEST = "not_dishonest", _("Is not on the list of dishonest persons")
    SAFE_USE = "safe_use", _("Accepts the rules for safe use of the premises")


class AdmissionRule(models.Model):
    """One rule for one kind of applicant from a day on. Belongs to the park's operator."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("applicant"), max_length=12, choices=ApplicantKind.choices)
    code = models.CharField(_("rule"), max_length=20, choices=RuleCode.choices)
    # Months, people, CNY or m², as the rule says; none for rules that are yes or no.
    figure = models.DecimalField(
        _("figure"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    is_blocking = models.BooleanField(
        _("blocks"), default=True, help_text=_("Otherwise the reviewers are told.")
    )
    starts_on = models.DateField(_("in force from"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("admission rule")
        verbose_name_plural = _("admission rules")
        ordering = ["kind", "code", "-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "code", "starts_on"],
                name="admission_rule_once",
                violation_error_message=_("There is such a rule from this day already."),
            ),
            models.CheckConstraint(
                condition=Q(code__in=["registers_here", "not_dishonest", "safe_use"], figure=None)
                | (~Q(code__in=["registers_here", "not_dishonest", "safe_use"]) & Q(figure__gte=0)),
                name="admission_rule_figure",
                violation_error_message=_(
                    "Rules with a limit need a figure of zero or more; yes-or-no rules have none."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="admission_rule_span",
                violation_error_message=_("The last day is not before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_code_display()}"

    def in_force(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


class ReviewPolicy(models.Model):
    """How applications of one kind are reviewed. Belongs to the park's operator."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("applicant"), max_length=12, choices=ApplicantKind.choices)
    reviewers = models.PositiveSmallIntegerField(
        _("reviewers"),
        default=2,
        help_text=_("0: the minutes of a review meeting are uploaded instead."),
    )
    # Of a weighted average between 1 and 5; below it the decision needs a reason all the more.
    pass_mark = models.DecimalField(_("pass mark"), max_digits=3, decimal_places=2, default=3)
    # Days in which the park answers after an application is in; the clock stops while it is
    # returned for completion.
    answer_days = models.PositiveSmallIntegerField(_("days to answer"), default=15)

    class Meta:
        verbose_name = _("review policy")
        verbose_name_plural = _("review policies")
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind"],
                name="review_policy_once",
                violation_error_message=_("This kind of applicant has a policy."),
            ),
            models.CheckConstraint(
                condition=Q(pass_mark__gte=1, pass_mark__lte=5), name="review_policy_mark"
            ),
            models.CheckConstraint(
                condition=Q(answer_days__gte=1, answer_days__lte=366), name="review_policy_days"
            ),
            models.CheckConstraint(condition=Q(reviewers__lte=9), name="review_policy_reviewers"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


SCORES = range(1, 6)


class Criterion(Bilingual):
    """A line of the rubric: its weight, and what each score from 1 to 5 means."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    policy = models.ForeignKey(
        ReviewPolicy, models.PROTECT, related_name="criteria", verbose_name=_("review policy")
    )
    code = models.SlugField(_("code"), max_length=40)
    weight = models.PositiveSmallIntegerField(_("weight"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # {"1": {"zh": …, "en": …}, … "5": …}
    anchors = models.JSONField(_("what each score means"))

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("rubric")
        ordering = ["policy", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "policy", "code"],
                name="criterion_once",
                violation_error_message=_("The rubric has a criterion of this code."),
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=100),
                name="criterion_weight",
                violation_error_message=_("A weight is between 1 and 100."),
            ),
            models.CheckConstraint(
                condition=Q(anchors__has_keys=["1", "2", "3", "4", "5"]),
                name="criterion_anchors",
                violation_error_message=_("Say for each score from 1 to 5 what it means."),
            ),
        ]
