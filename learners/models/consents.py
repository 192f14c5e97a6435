"""What a learner agreed to, when, to which text and by which way; kept as the proof of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.actors import Actor
from tenants.models import Tenant


class ConsentWay(models.TextChoices):
    OWN = "own", pgettext_lazy("consent", "By the learner, with the personal link")
    DECLARED = "declared", pgettext_lazy("consent", "Declared by the university")


class ConsentQuerySet(models.QuerySet["Consent"]):
    def visible_to(self, actor: Actor) -> ConsentQuerySet:
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)

    def in_force(self) -> ConsentQuerySet:
        return self.filter(withdrawn_at=None)


class Consent(models.Model):
    """``version`` names the text in :mod:`learners.consent_text`.

    Nobody stands beside a consent that the learner gave, or took back, with the personal link.
    """

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("university")
    )
    learner = models.ForeignKey(
        "learners.Learner", models.PROTECT, related_name="consents", verbose_name=_("learner")
    )
    version = models.CharField(_("version of the text"), max_length=10)
    way = models.CharField(_("way"), max_length=8, choices=ConsentWay.choices)
    given_at = models.DateTimeField(_("given"))
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("declared by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawal_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("withdrawal recorded by"),
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "learner"],
                condition=Q(withdrawn_at=None),
                name="learner_consent_once",
                violation_error_message=_("This learner's consent is recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(way="own", declared_by=None)
                | Q(way="declared", declared_by__isnull=False),
                name="learner_consent_by_whom",
                violation_error_message=_("A declared consent names the person who declares it."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
                name="learner_consent_span",
            ),
            models.CheckConstraint(
                condition=Q(withdrawal_recorded_by=None) | Q(withdrawn_at__isnull=False),
                name="learner_consent_withdrawal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()}, {self.version}"
