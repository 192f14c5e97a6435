"""Whether park staff may read an organisation's order rows, and each time they did."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from trade.models.imports import OwnQuerySet


class RowConsent(models.Model):
    """An organisation lets park staff read its order rows for a time; it can end this any day."""

    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("granted by"),
    )
    granted_at = models.DateTimeField(_("granted"), db_default=Now(), editable=False)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    revoked_at = models.DateTimeField(_("ended early"), null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent to read order rows")
        verbose_name_plural = _("consents to read order rows")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="consent_ends_after_start",
                violation_error_message=_("The last day lies before the first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"


class RowAccess(models.Model):
    """One look of park staff at an organisation's order rows. Shown to the organisation."""

    tenant = models.ForeignKey(
        "tenants.Tenant",
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("organisation"),
    )
    consent = models.ForeignKey(RowConsent, models.PROTECT, related_name="accesses", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("person"),
    )
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)
    purpose = models.CharField(_("purpose"), max_length=200)
    # The filters that were set: which rows were looked at.
    looked_at = models.JSONField(_("looked at"), default=dict)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("access to order rows")
        verbose_name_plural = _("accesses to order rows")
        indexes = [models.Index(fields=["tenant", "-at"], name="row_access_newest")]

    def __str__(self) -> str:
        return f"{self.user} {self.at}"
