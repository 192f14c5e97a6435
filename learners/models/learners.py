"""One person of one university, followed from a booked seat to a job."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower, Now, Upper
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from foundation.actors import Actor
from foundation.names import mask_name
from learners.models.consents import Consent
from tenants.models import Tenant

EARLIEST_YEAR, LATEST_YEAR = 1950, 2100


def new_nonce() -> str:
    return get_random_string(32)


class LearnerState(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("learner", "Active")
    LEFT = "left", pgettext_lazy("learner", "Left")


class LearnerQuerySet(models.QuerySet["Learner"]):
    def visible_to(self, actor: Actor) -> LearnerQuerySet:
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)

    def active(self) -> LearnerQuerySet:
        return self.filter(state=LearnerState.ACTIVE)

    def with_consent(self) -> LearnerQuerySet:
        """``consented`` and ``withdrew`` say what the list shows beside each."""
        given = Consent.objects.filter(tenant_id=OuterRef("tenant_id"), learner_id=OuterRef("pk"))
        return self.annotate(
            consented=Exists(given.filter(withdrawn_at=None)),
            withdrew=Exists(given.filter(withdrawn_at__isnull=False)),
        )

    def without_consent(self) -> LearnerQuerySet:
        """Those still here who may not be passed on to anybody."""
        consented = Consent.objects.filter(
            tenant_id=OuterRef("tenant_id"), learner_id=OuterRef("pk"), withdrawn_at=None
        )
        return self.active().filter(~Exists(consented))

    def personal_data_due(self, before: date) -> LearnerQuerySet:
        """Those who left before that day and are not erased."""
        return self.filter(state=LearnerState.LEFT, left_on__lt=before, erased_at=None)


class Learner(Lifecycle):
    """The least that is needed to book a seat, print a certificate and call somebody back.

    No number of an identity card is kept. Rows are never deleted, since seats, certificates and
    placements point at them; erasing empties what is personal.
    """

    TRANSITIONS: ClassVar[Transitions] = {
        LearnerState.ACTIVE: frozenset({LearnerState.LEFT}),
        LearnerState.LEFT: frozenset({LearnerState.ACTIVE}),
    }
    # Set by ``with_consent``.
    consented: bool
    withdrew: bool

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("university")
    )
    number = models.CharField(_("student number"), max_length=32)
    name = models.CharField(_("full name"), max_length=100)
    latin_name = models.CharField(
        _("English name or pinyin"), max_length=100, blank=True, default=""
    )
    programme = models.CharField(_("programme"), max_length=120)
    entry_year = models.PositiveSmallIntegerField(_("entry year"))
    mobile = models.CharField(_("mobile number"), max_length=20, blank=True, default="")
    email = models.EmailField(_("e-mail address"), blank=True, default="")
    state = models.CharField(
        _("state"), max_length=6, choices=LearnerState.choices, default=LearnerState.ACTIVE
    )
    left_on = models.DateField(_("left on"), null=True)
    erased_at = models.DateTimeField(_("personal data erased"), null=True)
    created_at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)
    # Names the personal link of the moment. No secret: the link is signed with a key not here.
    link_nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    # When the link was last mailed.
    asked_at = models.DateTimeField(_("asked for consent"), null=True)

    objects = LearnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("learner")
        verbose_name_plural = _("learners")
        indexes = [
            models.Index(fields=["tenant", "state", "programme"], name="learner_by_programme"),
            models.Index(
                fields=["tenant", "mobile"], condition=~Q(mobile=""), name="learner_by_mobile"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "number"],
                name="learner_number_once",
                violation_error_message=_("Another learner has this student number already."),
            ),
            models.UniqueConstraint(fields=["tenant", "link_nonce"], name="learner_nonce"),
            models.CheckConstraint(
                condition=Q(state__in=LearnerState.values), name="learner_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="left", left_on__isnull=False)
                | Q(state="active", left_on__isnull=True),
                name="learner_left_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None, name__gt="", programme__gt="")
                | Q(erased_at__isnull=False, state="left", name="", latin_name="", mobile="", email=""),
                name="learner_named_or_erased",
                violation_error_message=_("A learner needs a name and a programme."),
            ),
            models.CheckConstraint(
                condition=Q(number__gt="", number=Upper("number")),
                name="learner_number_upper",
                violation_error_message=_("A learner needs a student number."),
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="learner_email_lower"),
            models.CheckConstraint(
                condition=Q(entry_year__gte=EARLIEST_YEAR, entry_year__lte=LATEST_YEAR),
                name="learner_entry_year",
                violation_error_message=_("The entry year has four digits, such as 2026."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Masked: it stands in titles and logs of whoever may not see more."""
        return mask_name(self.name) or str(_("erased"))

    @property
    def is_active(self) -> bool:
        return self.state == LearnerState.ACTIVE

    def renew_link(self) -> None:
        """Links given out before do not fit any more."""
        self.link_nonce = new_nonce()
