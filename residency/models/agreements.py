"""One register of agreements between the park and its organisations."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.functional import lazy
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from backbone.lifecycle import Lifecycle, Transitions
from backbone.models import Document
from foundation.actors import Actor
from residency.permissions import permissions
from tenants.models import Tenant


class AgreementKind(models.TextChoices):
    RESIDENCY = "residency", pgettext_lazy("agreement", "Residency agreement")
    MOU = "mou", pgettext_lazy("agreement", "Memorandum of understanding")
    CO_CONSTRUCTION = "co_build", pgettext_lazy("agreement", "Co-construction agreement")
    TRAINING_CENTRE = "training", pgettext_lazy("agreement", "Training centre agreement")


class AgreementState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("agreement", "Draft")
    AWAITING = "awaiting", pgettext_lazy("agreement", "Awaiting signature")
    EFFECTIVE = "effective", pgettext_lazy("agreement", "In force")
    ENDED = "ended", pgettext_lazy("agreement", "Ended")
    VOID = "void", pgettext_lazy("agreement", "Void")


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, actor: Actor) -> AgreementQuerySet:
        """Staff see all, in an organisation those who answer for it see its own."""
        if not permissions.permits(actor, "read_agreements"):
            return self.none()
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)

    def in_force(self, on: date) -> AgreementQuerySet:
        return self.filter(state=AgreementState.EFFECTIVE, starts_on__lte=on, ends_on__gte=on)


class Agreement(Lifecycle):
    """Between the park and one organisation; further parties may stand beside them."""

    TRANSITIONS: ClassVar[Transitions] = {
        AgreementState.DRAFT: frozenset({AgreementState.AWAITING, AgreementState.VOID}),
        # Back to the draft when the text has to change; its PDF is made anew then.
        AgreementState.AWAITING: frozenset(
            {AgreementState.EFFECTIVE, AgreementState.DRAFT, AgreementState.VOID}
        ),
        AgreementState.EFFECTIVE: frozenset({AgreementState.ENDED}),
        AgreementState.ENDED: frozenset(),
        AgreementState.VOID: frozenset(),
    }

    tenant = models.ForeignKey(
        Tenant,
        models.PROTECT,
        related_name="agreements",
        db_index=False,
        verbose_name=_("organisation"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=AgreementKind.choices)
    # Random, so that it tells nobody how many there are.
    number = models.CharField(_("number"), max_length=16, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=AgreementState.choices, default=AgreementState.DRAFT
    )
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200, blank=True, default="")
    scope = models.TextField(_("what it is about"), max_length=8000)
    scope_en = models.TextField(
        _("what it is about, in English"), max_length=8000, blank=True, default=""
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    # The text to sign, and the signed copy; files of the organisation, shared with the park.
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="+", null=True, verbose_name=_("text")
    )
    signed_copy = models.ForeignKey(
        Document, models.PROTECT, related_name="+", null=True, verbose_name=_("signed copy")
    )
    signed_on = models.DateField(_("signed on"), null=True)
    # Why the last signed copy was not accepted; blank once another one is there.
    copy_refusal = models.CharField(_("why the copy was refused"), max_length=500, default="")
    # The one that this renews.
    previous = models.ForeignKey(
        "self", models.PROTECT, related_name="renewals", null=True, verbose_name=_("renews")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("recorded by"),
    )
    created_at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)
    closed_on = models.DateField(_("ended on"), null=True)
    closing_reason = models.CharField(_("reason"), max_length=500, blank=True, default="")

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        indexes = [
            models.Index(fields=["tenant", "-starts_on"], name="agreement_newest"),
            models.Index(fields=["state", "ends_on"], name="agreement_ending"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="agreement_number"),
            models.CheckConstraint(
                condition=Q(state__in=AgreementState.values), name="agreement_state_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="agreement_span",
                violation_error_message=_("The last day is not before the first."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["effective", "ended"])
                | Q(signed_copy__isnull=False, signed_on__isnull=False),
                name="agreement_in_force_is_signed",
                violation_error_message=_("Upload the signed copy and give the day of signing."),
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["ended", "void"]) & ~Q(closing_reason=""))
                | (~Q(state__in=["ended", "void"]) & Q(closing_reason="")),
                name="agreement_closed_says_why",
                violation_error_message=_("Say why it ends."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "previous"],
                condition=Q(previous__isnull=False) & ~Q(state="void"),
                name="agreement_renewed_once",
                violation_error_message=_("This agreement is being renewed already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.display_title}"

    @property
    def is_over(self) -> bool:
        return self.state in (AgreementState.ENDED, AgreementState.VOID)

    @property
    def readers_title(self) -> Any:
        """The title for a sentence that is said in every language: decided when it is read."""
        return lazy(lambda: self.display_title, str)()

    @property
    def display_title(self) -> str:
        english = (get_language() or "").startswith("en")
        return self.title_en if english and self.title_en else self.title


class OfAgreementQuerySet(models.QuerySet):
    """Parties and commitments: seen by whoever sees the agreement."""

    def visible_to(self, actor: Actor) -> OfAgreementQuerySet:
        if not permissions.permits(actor, "read_agreements"):
            return self.none()
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)


class AgreementParty(models.Model):
    """A side of an agreement: who signs for it and whom to call."""

    class Side(models.TextChoices):
        PARK = "park", pgettext_lazy("party", "Park")
        ORGANISATION = "organisation", pgettext_lazy("party", "Organisation")
        THIRD = "third", pgettext_lazy("party", "Further party")

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, related_name="parties", verbose_name=_("agreement")
    )
    side = models.CharField(_("side"), max_length=12, choices=Side.choices)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True, default="")
    signatory = models.CharField(_("signs"), max_length=100, blank=True, default="")
    signatory_title = models.CharField(_("position"), max_length=100, blank=True, default="")
    contact_name = models.CharField(_("contact person"), max_length=100, blank=True, default="")
    contact_mobile = models.CharField(_("mobile number"), max_length=20, blank=True, default="")
    contact_email = models.EmailField(_("e-mail address"), blank=True, default="")

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "agreement", "name"],
                name="agreement_party_once",
                violation_error_message=_("This party stands in the agreement already."),
            ),
        ]

    def __str__(self) -> str:
        english = (get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name


class CommitmentQuerySet(OfAgreementQuerySet):
    def open(self) -> CommitmentQuerySet:
        """Promised in an agreement that is in force, and not done."""
        return self.filter(progress__lt=100, agreement__state=AgreementState.EFFECTIVE)

    def overdue(self, on: date) -> CommitmentQuerySet:
        return self.open().filter(due_on__lt=on)


class Commitment(models.Model):
    """What one side promised, who sees to it, and how far it is."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, related_name="commitments", verbose_name=_("agreement")
    )
    party = models.ForeignKey(
        AgreementParty, models.PROTECT, related_name="commitments", verbose_name=_("promised by")
    )
    text = models.CharField(_("commitment"), max_length=500)
    owner_name = models.CharField(_("owner"), max_length=100)
    due_on = models.DateField(_("due"))
    # Percent.
    progress = models.PositiveSmallIntegerField(_("progress (%)"), default=0)
    note = models.CharField(_("how far"), max_length=500, blank=True, default="")
    changed_at = models.DateTimeField(_("last told"), db_default=Now())

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(progress__lte=100),
                name="commitment_progress",
                violation_error_message=_("Progress is between 0 and 100 percent."),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def is_overdue(self, on: date) -> bool:
        return self.progress < 100 and self.due_on < on
