"""Reviews of an application, and the conditions of a decision."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Now
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from residency.models.applications import Application, ApplicationState
from tenants.models import Tenant


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, actor: Actor) -> ReviewQuerySet:
        """That somebody reviews, staff see; ``readable_by`` says whose scores."""
        return self.filter(tenant_id=actor.tenant_id) if actor.is_staff else self.none()

    def readable_by(self, actor: Actor) -> ReviewQuerySet:
        """Reviews whose scores and comments this person may read now.

        Reviewers read the others' once their own is in, everybody else once all that were asked
        for are in or the review is over. Whoever has a conflict of interest reads none.
        """
        beside = Review.objects.filter(application=OuterRef("application")).order_by()
        own = beside.filter(reviewer_id=actor.user_id)
        count = beside.submitted().values("application").annotate(n=Count("pk")).values("n")
        asked_for = Application.objects.filter(pk=OuterRef("application")).annotate(
            wanted=Cast(KT("rubric__reviewers"), models.IntegerField())
        )
        return (
            self.visible_to(actor)
            .annotate(
                wanted=Subquery(asked_for.values("wanted")), came=Coalesce(Subquery(count), 0)
            )
            .filter(
                Q(reviewer_id=actor.user_id)
                | Q(submitted_at__isnull=False)
                & ~Exists(own.exclude(conflict=""))
                & (
                    ~Q(application__state=ApplicationState.REVIEW)
                    | Exists(own.submitted())
                    | (~Exists(own) & ~Exists(beside.outstanding()) & Q(came__gte=F("wanted")))
                )
            )
        )

    def outstanding(self) -> ReviewQuerySet:
        """Asked, and not answered yet."""
        return self.counting().filter(submitted_at=None)

    def counting(self) -> ReviewQuerySet:
        """Reviewers without a conflict of interest."""
        return self.filter(conflict="")

    def submitted(self) -> ReviewQuerySet:
        return self.counting().exclude(submitted_at=None)


class Review(models.Model):
    """One reviewer's scores by the application's own rubric; final once submitted."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="reviews", verbose_name=_("application")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("reviewer")
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    assigned_at = models.DateTimeField(_("asked"), db_default=Now())
    # Of a reviewer with an interest in the outcome; their scores would not count.
    conflict = models.CharField(_("conflict of interest"), max_length=500, blank=True, default="")
    # {criterion code: {"score": 1…5, "comment": …}}
    scores = models.JSONField(_("scores"), default=dict)
    comment = models.TextField(_("comment"), max_length=4000, blank=True, default="")
    # Weighted average, 1.00 to 5.00, rounded half up.
    average = models.DecimalField(_("average"), max_digits=3, decimal_places=2, null=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "application", "reviewer"],
                name="review_once",
                violation_error_message=_("This person reviews this application already."),
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, average=None)
                | Q(submitted_at__isnull=False, average__gte=1, average__lte=5, conflict=""),
                name="review_submitted_has_average",
                violation_error_message=_(
                    "A review has a score for each criterion, and none comes from somebody with "
                    "a conflict of interest."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}: {self.application}"


class ConditionQuerySet(models.QuerySet["Condition"]):
    def visible_to(self, actor: Actor) -> ConditionQuerySet:
        return self.filter(tenant_id=actor.tenant_id) if actor.is_staff else self.none()

    def open(self) -> ConditionQuerySet:
        """Not met, of an application that still hangs on it."""
        return self.filter(met_at=None, application__state=ApplicationState.CONDITIONAL)


class Condition(models.Model):
    """What has to be so before an accepted applicant signs."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="conditions", verbose_name=_("application")
    )
    text = models.CharField(_("condition"), max_length=500)
    # Of the park's staff: sees to it that it is met.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    due_on = models.DateField(_("due"))
    met_at = models.DateTimeField(_("met"), null=True)
    met_note = models.CharField(_("how it was met"), max_length=500, blank=True, default="")

    objects = ConditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(met_at=None, met_note="") | (Q(met_at__isnull=False) & ~Q(met_note="")),
                name="condition_met_says_how",
                violation_error_message=_("Say how the condition was met."),
            ),
        ]

    def __str__(self) -> str:
        return self.text
