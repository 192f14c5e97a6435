"""The stay of an organisation: its dates, extensions, and the tasks of settling in and leaving."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from foundation.actors import Actor
from residency.kinds import ApplicantKind
from tenants.models import Tenant

EXPIRING = timedelta(days=90)


class StayState(models.TextChoices):
    RESIDENT = "resident", pgettext_lazy("stay", "In the park")
    SUSPENDED = "suspended", pgettext_lazy("stay", "Suspended")
    LEAVING = "leaving", pgettext_lazy("stay", "Leaving")
    LEFT = "left", pgettext_lazy("stay", "Left")


class StayQuerySet(models.QuerySet["Stay"]):
    def visible_to(self, actor: Actor) -> StayQuerySet:
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)

    def present(self) -> StayQuerySet:
        return self.exclude(state=StayState.LEFT)

    def expired(self, on: date) -> StayQuerySet:
        """Overstaying: still here although the last day is over."""
        return self.present().filter(ends_on__lt=on)

    def ending_by(self, on: date) -> StayQuerySet:
        """Still here, and the last day is not after this one; overstays included."""
        return self.present().filter(ends_on__lte=on)


class Stay(Lifecycle):
    """From moving in to leaving. ``expiring`` and ``overstaying`` follow from the date."""

    TRANSITIONS: ClassVar[Transitions] = {
        StayState.RESIDENT: frozenset({StayState.SUSPENDED, StayState.LEAVING}),
        StayState.SUSPENDED: frozenset({StayState.RESIDENT, StayState.LEAVING}),
        # Back when the exit is withdrawn.
        StayState.LEAVING: frozenset({StayState.RESIDENT, StayState.LEFT}),
        StayState.LEFT: frozenset(),
    }

    tenant = models.ForeignKey(
        Tenant,
        models.PROTECT,
        related_name="stays",
        db_index=False,
        verbose_name=_("organisation"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=StayState.choices, default=StayState.RESIDENT
    )
    kind = models.CharField(_("admitted as"), max_length=12, choices=ApplicantKind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    # Of the last suspension, and of its end; both stay to be read.
    suspended_reason = models.CharField(_("why suspended"), max_length=500, blank=True, default="")
    resumed_reason = models.CharField(_("why resumed"), max_length=500, blank=True, default="")
    left_on = models.DateField(_("left"), null=True)
    # Whom the organisation calls first; of the park's staff.
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("looked after by"),
    )

    objects = StayQuerySet.as_manager()

    class Meta:
        verbose_name = _("stay")
        verbose_name_plural = _("stays")
        indexes = [models.Index(fields=["state", "ends_on"], name="stay_ending")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"],
                condition=~Q(state="left"),
                name="stay_once",
                violation_error_message=_("This organisation is in the park already."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=StayState.values), name="stay_state_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="stay_span",
                violation_error_message=_("The last day is not before the first."),
            ),
            models.CheckConstraint(
                condition=Q(state="left", left_on__isnull=False)
                | (~Q(state="left") & Q(left_on=None)),
                name="stay_left_has_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="suspended") | ~Q(suspended_reason=""),
                name="stay_suspended_has_reason",
                violation_error_message=_("Say why the stay is suspended."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tenant} – {self.ends_on:%Y-%m-%d}"

    def is_expiring(self, on: date) -> bool:
        return on <= self.ends_on <= on + EXPIRING

    def is_overstaying(self, on: date) -> bool:
        return self.state != StayState.LEFT and self.ends_on < on


class OfStayQuerySet(models.QuerySet):
    """Extensions and tasks: seen by whoever sees the stay."""

    def visible_to(self, actor: Actor) -> OfStayQuerySet:
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)


class Extension(models.Model):
    """The stay goes on for longer; never changed."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    stay = models.ForeignKey(
        Stay, models.PROTECT, related_name="extensions", verbose_name=_("stay")
    )
    before_on = models.DateField(_("was until"))
    after_on = models.DateField(_("now until"))
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), db_default=Now())

    objects = OfStayQuerySet.as_manager()

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(after_on__gt=F("before_on")),
                name="extension_is_longer",
                violation_error_message=_("An extension ends after the day it was until."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="extension_has_reason",
                violation_error_message=_("Say why the stay is extended."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before_on:%Y-%m-%d} → {self.after_on:%Y-%m-%d}"


class TaskQuerySet(OfStayQuerySet):
    def open(self) -> TaskQuerySet:
        return self.filter(closed_at=None)

    def overdue(self, on: date) -> TaskQuerySet:
        return self.open().filter(due_on__lt=on)


class Task(models.Model):
    """Something to do when moving in or out. Opens and closes by events (``residency.tasks``)."""

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    stay = models.ForeignKey(Stay, models.PROTECT, related_name="tasks", verbose_name=_("stay"))
    code = models.CharField(_("task"), max_length=30)
    opened_at = models.DateTimeField(_("opened"), db_default=Now())
    due_on = models.DateField(_("due"))
    closed_at = models.DateTimeField(_("done"), null=True)
    # The event that closed it, or "by hand".
    closed_by_event = models.CharField(_("closed by"), max_length=60, blank=True, default="")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("closed by"),
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "stay", "code"], name="task_once"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by_event="")
                | (Q(closed_at__isnull=False) & ~Q(closed_by_event="")),
                name="task_closed_by_something",
            ),
        ]

    def __str__(self) -> str:
        from residency.tasks import label_of

        return str(label_of(self.code))
