"""What somebody has finished, as it was on the day: a fact that is never altered.

The law keeps three kinds apart, and so does the portal. A training certificate is the park's own:
it has the park's number and can be verified here. A vocational qualification is written down with
its issuer and that issuer's number, and a university's certificate with the number the university
gave. Only the first is ever printed.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from certificates.hours import MINUTES_PER_HOUR, hours_of
from certificates.permissions import permissions
from foundation.actors import Actor
from foundation.names import mask_surname
from tenants.models import Tenant


def new_nonce() -> str:
    return get_random_string(32)


class CertificateKind(models.TextChoices):
    TRAINING = "training", _("Training certificate")
    VOCATIONAL = "vocational", _("Vocational qualification")
    UNIVERSITY = "university", _("University certificate")


class CertificateState(models.TextChoices):
    ISSUED = "issued", pgettext_lazy("certificate", "Issued")
    REVOKED = "revoked", pgettext_lazy("certificate", "Revoked")
    REPLACED = "replaced", pgettext_lazy("certificate", "Replaced")


K, S = CertificateKind, CertificateState
EXPIRED = "expired"


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, actor: Actor) -> CertificateQuerySet:
        """Staff see all, an organisation's own people those of their people."""
        if not permissions.permits(actor, "read_certificates"):
            return self.none()
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)

    def in_force(self, on: date) -> CertificateQuerySet:
        return self.filter(Q(expires_on=None) | Q(expires_on__gte=on), state=S.ISSUED)

    def of_source(self, source: models.Model) -> CertificateQuerySet:
        """What was issued for this row of another app."""
        return self.filter(source_type=source._meta.label_lower, source_id=source.pk)


class Certificate(Lifecycle):
    """``tenant`` is the organisation whose person the holder is.

    Everything but the state is written once; a trigger sees to it (migration 0002). Erasing
    empties who the holder was, and what was taught, when and by whom stays.
    """

    TRANSITIONS: ClassVar[Transitions] = {
        S.ISSUED: frozenset({S.REVOKED, S.REPLACED}),
        S.REVOKED: frozenset(),
        S.REPLACED: frozenset(),
    }

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=K.choices)
    # The park's; only a training certificate has one.
    number = models.CharField(_("number"), max_length=24, null=True)  # noqa: DJ001
    # The issuer's; only the two others have one.
    given_number = models.CharField(
        _("number of the issuer"), max_length=60, blank=True, default=""
    )

    holder_name = models.CharField(_("holder"), max_length=100, blank=True, default="")
    holder_latin_name = models.CharField(
        _("English name or pinyin"), max_length=100, blank=True, default=""
    )
    # Masked before it comes here: of no document does the portal keep the whole number.
    holder_id = models.CharField(_("number of the holder"), max_length=40, blank=True, default="")

    course_zh = models.CharField(_("course in Chinese"), max_length=160)
    course_en = models.CharField(_("course in English"), max_length=160, blank=True, default="")
    minutes = models.PositiveIntegerField(_("minutes of teaching"), null=True)
    minutes_per_hour = models.PositiveSmallIntegerField(_("minutes of one hour"), null=True)
    started_on = models.DateField(_("first day"), null=True)
    ended_on = models.DateField(_("last day"), null=True)
    grade = models.CharField(_("result"), max_length=60, blank=True, default="")
    issuer_zh = models.CharField(_("issuer in Chinese"), max_length=160)
    issuer_en = models.CharField(_("issuer in English"), max_length=160, blank=True, default="")
    issued_on = models.DateField(_("issued on"))
    expires_on = models.DateField(_("valid until"), null=True, blank=True)

    # What was required and what was reached, as it stood when it was issued.
    rule = models.JSONField(_("what was required"), default=dict, blank=True)
    evidence = models.JSONField(_("what was reached"), default=dict, blank=True)
    # The row of another app that it is for: ``training.seat`` and its key.
    source_type = models.CharField(max_length=60, blank=True, default="")
    source_id = models.BigIntegerField(null=True)
    # The earlier one that this one stands for.
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="successors", verbose_name=_("replaces")
    )

    state = models.CharField(_("state"), max_length=10, choices=S.choices, default=S.ISSUED)
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    ended_at = models.DateTimeField(_("revoked or replaced"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("revoked or replaced by"),
    )
    erased_at = models.DateTimeField(_("personal data erased"), null=True)
    # Names the personal link of the moment. No secret: the link is signed with a key not here.
    link_nonce = models.CharField(max_length=32, default=new_nonce, editable=False)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["tenant", "kind", "issued_on"], name="certificate_of_tenant"),
            models.Index(fields=["tenant", "source_type", "source_id"], name="certificate_source"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="certificate_number_once"),
            models.UniqueConstraint(fields=["tenant", "link_nonce"], name="certificate_nonce"),
            models.UniqueConstraint(
                fields=["tenant", "kind", "issuer_zh", "given_number"],
                condition=~Q(kind=K.TRAINING) & Q(state=S.ISSUED),
                name="certificate_given_number_once",
                violation_error_message=_("This number of that issuer is recorded already."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "source_type", "source_id"],
                condition=Q(state=S.ISSUED, source_id__isnull=False),
                name="certificate_of_source_once",
                violation_error_message=_("There is a certificate for this already."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "replaces"],
                name="certificate_replaced_once",
                violation_error_message=_("This certificate is replaced already."),
            ),
            models.CheckConstraint(condition=Q(kind__in=K.values), name="certificate_kind_known"),
            models.CheckConstraint(condition=Q(state__in=S.values), name="certificate_state_known"),
            models.CheckConstraint(
                condition=Q(
                    kind=K.TRAINING,
                    number__isnull=False,
                    given_number="",
                    minutes__isnull=False,
                    started_on__isnull=False,
                    ended_on__isnull=False,
                    source_id__isnull=False,
                    source_type__gt="",
                )
                | (
                    Q(kind__in=[K.VOCATIONAL, K.UNIVERSITY])
                    & Q(number=None, given_number__gt="", source_id=None, source_type="")
                    & Q(rule={}, evidence={})
                ),
                name="certificate_kinds_apart",
                violation_error_message=_(
                    "A training certificate has the park's number, any other that of its issuer."
                ),
            ),
            models.CheckConstraint(
                condition=Q(minutes=None, minutes_per_hour=None)
                | Q(minutes__gt=0, minutes_per_hour__in=MINUTES_PER_HOUR),
                name="certificate_hours",
                violation_error_message=_("Say how many minutes were taught and how long one hour is."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None)
                | Q(started_on__lte=models.F("ended_on"), ended_on__lte=models.F("issued_on")),
                name="certificate_days_in_order",
                violation_error_message=_(
                    "The first day comes before the last, and the last before the day of issue."
                ),
            ),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gt=models.F("issued_on")),
                name="certificate_expires_later",
                violation_error_message=_("It is valid until a day after it was issued."),
            ),
            models.CheckConstraint(
                condition=Q(state=S.ISSUED, ended_at=None, reason="")
                | (~Q(state=S.ISSUED) & Q(ended_at__isnull=False, reason__gt="")),
                name="certificate_ended_with_reason",
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None, holder_name__gt="")
                | Q(erased_at__isnull=False, holder_name="", holder_latin_name="", holder_id=""),
                name="certificate_named_or_erased",
                violation_error_message=_("A certificate needs the name of its holder."),
            ),
            models.CheckConstraint(
                condition=Q(course_zh__gt="", issuer_zh__gt=""),
                name="certificate_course_and_issuer",
                violation_error_message=_("A certificate names a course and an issuer."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number or self.given_number

    def state_on(self, day: date) -> str:
        """The state, or ``expired`` where it was issued and its last day is over."""
        is_over = self.expires_on is not None and self.expires_on < day
        return EXPIRED if self.state == S.ISSUED and is_over else self.state

    @property
    def hours(self) -> Decimal | None:
        if self.minutes is None or self.minutes_per_hour is None:
            return None
        return hours_of(self.minutes, self.minutes_per_hour)

    @property
    def is_verifiable(self) -> bool:
        return self.number is not None

    @property
    def masked_holder(self) -> str:
        return mask_surname(self.holder_name)

    @property
    def successor(self) -> Certificate | None:
        return self.successors.first()
