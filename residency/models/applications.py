"""Applications to move in: what the applicant says, the documents, and how far it has come.

A draft is kept as it was typed (``draft``), so autosave loses nothing; when it is submitted the
values are judged and go to their columns. Rows belong to the park's operator until somebody is
admitted: ``organisation`` is then who they became.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from backbone.lifecycle import Lifecycle, Transitions
from backbone.models import Document
from foundation.actors import Actor
from residency.kinds import ApplicantKind
from residency.models.leads import Lead
from residency.models.rules import DocumentRequirement
from tenants.models import Tenant

# A draft nobody worked on for so long is closed, and its link with it.
DRAFT_KEPT = timedelta(days=30)


class ApplicationState(models.TextChoices):
    APPLYING = "applying", pgettext_lazy("application", "Being filled in")
    SUBMITTED = "submitted", pgettext_lazy("application", "Submitted")
    CHECKING = "checking", pgettext_lazy("application", "Documents being checked")
    RETURNED = "returned", pgettext_lazy("application", "Returned for completion")
    REVIEW = "review", pgettext_lazy("application", "Under review")
    CONDITIONAL = "conditional", pgettext_lazy("application", "Accepted with conditions")
    OFFERED = "offered", pgettext_lazy("application", "Accepted")
    CONTRACTING = "contracting", pgettext_lazy("application", "Agreement being prepared")
    SIGNED = "signed", pgettext_lazy("application", "Agreement signed")
    RESIDENT = "resident", pgettext_lazy("application", "Moved in")
    REJECTED = "rejected", pgettext_lazy("application", "Declined")
    LOST = "lost", pgettext_lazy("application", "Withdrawn")


FINISHED = frozenset({ApplicationState.RESIDENT, ApplicationState.REJECTED, ApplicationState.LOST})
# The applicant may change what was said and the documents.
EDITABLE = frozenset({ApplicationState.APPLYING, ApplicationState.RETURNED})
# The park owes an answer; the clock runs.
WITH_PARK = frozenset(
    {ApplicationState.SUBMITTED, ApplicationState.CHECKING, ApplicationState.REVIEW}
)


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, actor: Actor) -> ApplicationQuerySet:
        """The park's staff; an applicant comes by link (``residency.links``)."""
        return self.filter(tenant_id=actor.tenant_id) if actor.is_staff else self.none()

    def submitted(self) -> ApplicationQuerySet:
        return self.exclude(state=ApplicationState.APPLYING)

    def open(self) -> ApplicationQuerySet:
        return self.exclude(state__in=FINISHED)

    def with_park(self) -> ApplicationQuerySet:
        return self.filter(state__in=WITH_PARK)


class Application(Lifecycle):
    """One request to move in."""

    TRANSITIONS: ClassVar[Transitions] = {
        ApplicationState.APPLYING: frozenset({ApplicationState.SUBMITTED, ApplicationState.LOST}),
        ApplicationState.SUBMITTED: frozenset(
            {ApplicationState.CHECKING, ApplicationState.RETURNED, ApplicationState.LOST}
        ),
        ApplicationState.CHECKING: frozenset(
            {
                ApplicationState.REVIEW,
                ApplicationState.RETURNED,
                ApplicationState.REJECTED,
                ApplicationState.LOST,
            }
        ),
        ApplicationState.RETURNED: frozenset({ApplicationState.SUBMITTED, ApplicationState.LOST}),
        ApplicationState.REVIEW: frozenset(
            {
                ApplicationState.OFFERED,
                ApplicationState.CONDITIONAL,
                ApplicationState.REJECTED,
                ApplicationState.LOST,
            }
        ),
        ApplicationState.CONDITIONAL: frozenset(
            {ApplicationState.OFFERED, ApplicationState.REJECTED, ApplicationState.LOST}
        ),
        ApplicationState.OFFERED: frozenset({ApplicationState.CONTRACTING, ApplicationState.LOST}),
        ApplicationState.CONTRACTING: frozenset(
            {ApplicationState.SIGNED, ApplicationState.OFFERED, ApplicationState.LOST}
        ),
        ApplicationState.SIGNED: frozenset({ApplicationState.RESIDENT, ApplicationState.LOST}),
        ApplicationState.RESIDENT: frozenset(),
        ApplicationState.REJECTED: frozenset(),
        ApplicationState.LOST: frozenset(),
    }

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    # Random, so that it tells nobody how many apply: A26-7KQ4M2XN.
    number = models.CharField(_("number"), max_length=16, editable=False)
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=ApplicationState.choices,
        default=ApplicationState.APPLYING,
    )
    kind = models.CharField(_("applicant"), max_length=12, choices=ApplicantKind.choices)
    lead = models.ForeignKey(
        Lead, models.PROTECT, related_name="applications", null=True, verbose_name=_("lead")
    )
    # Who the applicant became; set with the decision to admit.
    organisation = models.ForeignKey(
        Tenant,
        models.PROTECT,
        related_name="applications",
        null=True,
        verbose_name=_("organisation"),
    )
    language = models.CharField(_("language of letters"), max_length=10, choices=settings.LANGUAGES)
    # As typed, by field; the columns below are filled from it when it is submitted.
    draft = models.JSONField(_("as typed"), default=dict)
    # The page that saved the draft last and its count of saves: two pages that are open at once
    # find out about each other (``residency.operations.drafts``).
    draft_page = models.CharField(max_length=32, blank=True, default="")
    draft_turn = models.PositiveIntegerField(default=0)
    # Names this application in its link. No secret: the link is signed with a key not kept here.
    nonce = models.CharField(max_length=32, editable=False)

    # -- the company ------------------------------------------------------------------------
    name = models.CharField(_("registered name"), max_length=200, blank=True, default="")
    name_en = models.CharField(_("English name"), max_length=200, blank=True, default="")
    country = models.CharField(_("country of registration"), max_length=2, default="CN")
    # A start-up team may have none yet.
    registration_number = models.CharField(
        _("registration number"), max_length=32, blank=True, default=""
    )
    legal_person = models.CharField(
        _("legal representative"), max_length=100, blank=True, default=""
    )
    registered_address = models.CharField(
        _("registered address"), max_length=300, blank=True, default=""
    )
    founded_on = models.DateField(_("founded"), null=True, blank=True)
    business_scope = models.TextField(_("business"), max_length=4000, blank=True, default="")
    contact_name = models.CharField(_("contact person"), max_length=100, blank=True, default="")
    contact_mobile = models.CharField(_("mobile number"), max_length=20, blank=True, default="")
    contact_email = models.EmailField(_("e-mail address"))
    headcount = models.PositiveIntegerField(_("people"), null=True, blank=True)
    # CNY, the last twelve months, cross-border sales.
    volume = models.DecimalField(
        _("cross-border volume in 12 months (CNY)"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
    )
    platforms = ArrayField(
        models.CharField(max_length=60), verbose_name=_("platforms sold on"), default=list
    )
    countries = ArrayField(
        models.CharField(max_length=2), verbose_name=_("countries sold to"), default=list
    )
    wanted_space = models.CharField(_("wanted space"), max_length=20, blank=True, default="")
    wanted_area = models.DecimalField(
        _("wanted area (m²)"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    wanted_from = models.DateField(_("from"), null=True, blank=True)
    services = ArrayField(
        models.CharField(max_length=30), verbose_name=_("wanted services"), default=list
    )
    # What this kind of applicant is asked besides, by the version of its form.
    form_version = models.PositiveSmallIntegerField(default=1)
    details = models.JSONField(_("more"), default=dict)
    # What the admission rules said when the check began: [{code, met, blocking, sentence}].
    findings = models.JSONField(_("admission rules"), default=list)

    # -- its way ----------------------------------------------------------------------------
    started_at = models.DateTimeField(_("begun"), db_default=Now(), editable=False)
    seen_at = models.DateTimeField(_("last worked on"), db_default=Now(), editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    # When the park's answer is due; moved on by the time for which it was returned.
    due_at = models.DateTimeField(_("answer due"), null=True)
    returned_at = models.DateTimeField(_("returned"), null=True)
    return_note = models.TextField(_("what to complete"), max_length=4000, blank=True, default="")
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("handled by"),
    )
    # The rubric as it was when the review began: {reviewers, pass_mark, criteria: […]}.
    rubric = models.JSONField(_("rubric"), default=dict)
    minutes = models.ForeignKey(
        Document,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("minutes of the review meeting"),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision_reason = models.TextField(
        _("reason of the decision"), max_length=4000, blank=True, default=""
    )
    # Weighted average of the submitted scores, 1.00 to 5.00, rounded half up.
    average = models.DecimalField(_("average score"), max_digits=3, decimal_places=2, null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    closing_reason = models.TextField(
        _("why it was closed"), max_length=1000, blank=True, default=""
    )
    # Personal data was erased by the retention rules.
    erased_at = models.DateTimeField(_("erased"), null=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        indexes = [
            models.Index(fields=["tenant", "state", "due_at"], name="application_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="application_number"),
            models.UniqueConstraint(fields=["tenant", "nonce"], name="application_nonce"),
            models.CheckConstraint(
                condition=Q(state__in=ApplicationState.values), name="application_state_known"
            ),
            models.UniqueConstraint(
                fields=["tenant", "country", "registration_number"],
                condition=~Q(registration_number="")
                & ~Q(state__in=["applying", "rejected", "lost", "resident"]),
                name="application_of_company_once",
                violation_error_message=_(
                    "There is an open application of the company with this registration number."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["applying", "lost"])
                | Q(submitted_at__isnull=False, due_at__isnull=False) & ~Q(name=""),
                name="application_submitted_complete",
            ),
            models.CheckConstraint(
                condition=Q(returned_at=None) | Q(state="returned"),
                name="application_returned_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned")
                | (Q(returned_at__isnull=False) & ~Q(return_note="")),
                name="application_returned_says_why",
                violation_error_message=_("Say what is to be completed."),
            ),
            models.CheckConstraint(
                condition=~Q(
                    state__in=["conditional", "offered", "contracting", "signed", "resident"]
                )
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="application_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["contracting", "signed", "resident"])
                | Q(organisation__isnull=False),
                name="application_has_organisation",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(state__in=["resident", "rejected", "lost"]),
                name="application_closed_when_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.display_name}".strip()

    @property
    def display_name(self) -> str:
        """The name in the reader's language, what was typed while it is not submitted."""
        english = (get_language() or "").startswith("en")
        typed = str(self.draft.get("name", ""))
        return (self.name_en if english and self.name_en else self.name) or typed

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE

    @property
    def is_open(self) -> bool:
        return self.state not in FINISHED

    def has_expired(self, now: datetime) -> bool:
        return self.state == ApplicationState.APPLYING and self.seen_at <= now - DRAFT_KEPT


class Mark(models.TextChoices):
    UNCHECKED = "unchecked", pgettext_lazy("document", "Not checked yet")
    COMPLETE = "complete", pgettext_lazy("document", "Complete")
    MISSING = "missing", pgettext_lazy("document", "Missing")
    INVALID = "invalid", pgettext_lazy("document", "Not valid")


class ApplicationDocument(models.Model):
    """One line of the checklist: a document asked for, the file brought, and the mark."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="documents")
    requirement = models.ForeignKey(DocumentRequirement, models.PROTECT, related_name="+")
    file = models.ForeignKey(
        Document, models.PROTECT, related_name="+", null=True, verbose_name=_("file")
    )
    uploaded_at = models.DateTimeField(_("uploaded"), null=True)
    mark = models.CharField(_("mark"), max_length=10, choices=Mark.choices, default=Mark.UNCHECKED)
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    marked_at = models.DateTimeField(_("marked"), null=True)

    class Meta:
        verbose_name = _("document of an application")
        verbose_name_plural = _("documents of applications")
        ordering = ["requirement__position", "requirement_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "application", "requirement"],
                name="application_document_once",
            ),
            models.CheckConstraint(condition=Q(mark__in=Mark.values), name="document_mark_known"),
            models.CheckConstraint(
                condition=~Q(mark="complete") | Q(file__isnull=False),
                name="application_document_complete_has_file",
                violation_error_message=_("Nothing was uploaded that could be complete."),
            ),
            models.CheckConstraint(
                condition=~Q(mark__in=["missing", "invalid"]) | ~Q(reason=""),
                name="application_document_mark_has_reason",
                violation_error_message=_("Say why the document is missing or not valid."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.requirement)
