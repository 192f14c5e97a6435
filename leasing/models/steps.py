"""Who took which step of a lease, when and why: added to, never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leasing.models.leases import Lease, OfLeaseQuerySet
from tenants.models import Tenant


class StepKind(models.TextChoices):
    DRAFTED = "drafted", pgettext_lazy("step of a lease", "Drafted")
    CHANGED = "changed", pgettext_lazy("step of a lease", "Changed")
    SUBMITTED = "submitted", pgettext_lazy("step of a lease", "Put up for approval")
    APPROVED = "approved", pgettext_lazy("step of a lease", "Approved")
    APPROVED_AGAIN = "approved2", pgettext_lazy("step of a lease", "Approved a second time")
    REJECTED = "rejected", pgettext_lazy("step of a lease", "Rejected")
    REVISED = "revised", pgettext_lazy("step of a lease", "Taken back to the draft")
    HELD = "held", pgettext_lazy("step of a lease", "Units held")
    COPY = "copy", pgettext_lazy("step of a lease", "Signed copy uploaded")
    COPY_REFUSED = "refused", pgettext_lazy("step of a lease", "Signed copy refused")
    IN_FORCE = "in_force", pgettext_lazy("step of a lease", "Brought into force")
    ENDING = "ending", pgettext_lazy("step of a lease", "Check-out begun")
    FOLLOWED = "followed", pgettext_lazy("step of a lease", "Followed by another lease")
    ENDED = "ended", pgettext_lazy("step of a lease", "Ended")
    VOID = "void", pgettext_lazy("step of a lease", "Void")


# Whoever wrote terms or put them up does not approve them.
WRITING = (StepKind.DRAFTED, StepKind.CHANGED, StepKind.SUBMITTED, StepKind.REVISED)


class LeaseStep(models.Model):
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    lease = models.ForeignKey(Lease, models.PROTECT, related_name="steps", verbose_name=_("lease"))
    kind = models.CharField(_("step"), max_length=10, choices=StepKind.choices)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("by whom"),
    )
    # Reasons and numbers, as they were said.
    said = models.CharField(_("said"), max_length=1000, blank=True, default="")

    objects = OfLeaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a lease")
        verbose_name_plural = _("steps of leases")
        ordering = ["pk"]
        indexes = [models.Index(fields=["tenant", "lease"], name="lease_step_of")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=StepKind.values), name="lease_step_known"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
