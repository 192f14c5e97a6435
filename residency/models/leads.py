"""Leads: who might move in, what they wish for, who looks after them and when next."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from foundation.actors import Actor
from residency.kinds import ApplicantKind
from tenants.models import Tenant


class LeadState(models.TextChoices):
    NEW = "new", pgettext_lazy("lead", "New")
    FOLLOWED = "followed", pgettext_lazy("lead", "Being followed up")
    PARKED = "parked", pgettext_lazy("lead", "Parked")
    APPLYING = "applying", pgettext_lazy("lead", "Applying")
    WON = "won", pgettext_lazy("lead", "Moved in")
    LOST = "lost", pgettext_lazy("lead", "Lost")


OPEN = frozenset({LeadState.NEW, LeadState.FOLLOWED, LeadState.PARKED, LeadState.APPLYING})


class LeadSource(models.TextChoices):
    REFERRAL = "referral", pgettext_lazy("lead source", "Recommended by a resident")
    GOVERNMENT = "government", pgettext_lazy("lead source", "Government or association")
    UNIVERSITY = "university", pgettext_lazy("lead source", "University")
    EXHIBITION = "exhibition", pgettext_lazy("lead source", "Exhibition or event")
    ONLINE = "online", pgettext_lazy("lead source", "Website or application form")
    CALL = "call", pgettext_lazy("lead source", "Called or walked in")
    AGENT = "agent", pgettext_lazy("lead source", "Agent")


class LostReason(models.TextChoices):
    PRICE = "price", pgettext_lazy("lost", "Price")
    SPACE = "space", pgettext_lazy("lost", "No fitting space")
    LOCATION = "location", pgettext_lazy("lost", "Location")
    POLICY = "policy", pgettext_lazy("lost", "Subsidies elsewhere")
    NOT_ELIGIBLE = "not_eligible", pgettext_lazy("lost", "Does not meet the admission rules")
    POSTPONED = "postponed", pgettext_lazy("lost", "Plans given up or put off")
    SILENT = "silent", pgettext_lazy("lost", "No answer any more")


class Intention(models.TextChoices):
    HIGH = "high", pgettext_lazy("intention", "High")
    MEDIUM = "medium", pgettext_lazy("intention", "Medium")
    LOW = "low", pgettext_lazy("intention", "Low")


class LeadQuerySet(models.QuerySet["Lead"]):
    def visible_to(self, actor: Actor) -> LeadQuerySet:
        """Leads are the park's own affair."""
        return self.filter(tenant_id=actor.tenant_id) if actor.is_staff else self.none()

    def open(self) -> LeadQuerySet:
        return self.filter(state__in=OPEN)

    def due(self, on: date) -> LeadQuerySet:
        """To be followed up by this day."""
        return self.open().filter(next_follow_up_on__lte=on)


class Lead(Lifecycle):
    """Somebody who might move in. Belongs to the park's operator."""

    TRANSITIONS: ClassVar[Transitions] = {
        LeadState.NEW: frozenset(
            {LeadState.FOLLOWED, LeadState.APPLYING, LeadState.PARKED, LeadState.LOST}
        ),
        LeadState.FOLLOWED: frozenset({LeadState.APPLYING, LeadState.PARKED, LeadState.LOST}),
        LeadState.PARKED: frozenset({LeadState.FOLLOWED, LeadState.APPLYING, LeadState.LOST}),
        LeadState.APPLYING: frozenset({LeadState.WON, LeadState.FOLLOWED, LeadState.LOST}),
        LeadState.WON: frozenset(),
        # Taken up again, with a reason in the follow-up log.
        LeadState.LOST: frozenset({LeadState.FOLLOWED}),
    }

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(
        _("state"), max_length=10, choices=LeadState.choices, default=LeadState.NEW
    )
    name = models.CharField(_("company or team"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=ApplicantKind.choices)
    contact_name = models.CharField(_("contact person"), max_length=100)
    contact_mobile = models.CharField(_("mobile number"), max_length=20, blank=True, default="")
    contact_email = models.EmailField(_("e-mail address"), blank=True, default="")
    source = models.CharField(_("source"), max_length=12, choices=LeadSource.choices)
    source_detail = models.CharField(_("which one"), max_length=200, blank=True, default="")
    intention = models.CharField(
        _("intention"), max_length=8, choices=Intention.choices, default=Intention.MEDIUM
    )
    # m², and CNY for one m² and month.
    wanted_area = models.DecimalField(
        _("wanted area (m²)"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    wanted_rent = models.DecimalField(
        _("wanted rent (CNY per m² and month)"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
    )
    wishes = models.TextField(_("wishes"), max_length=4000, blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("looked after by"),
    )
    next_follow_up_on = models.DateField(_("next follow-up"), null=True, blank=True)
    lost_reason = models.CharField(
        _("lost because of"), max_length=12, choices=LostReason.choices, blank=True, default=""
    )
    lost_note = models.CharField(_("more about it"), max_length=500, blank=True, default="")
    created_at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)
    # When it was moved in or lost.
    closed_at = models.DateTimeField(_("closed"), null=True)
    # Who it was and how to reach them was erased by the retention rules.
    erased_at = models.DateTimeField(_("erased"), null=True)

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        indexes = [
            models.Index(fields=["tenant", "state", "next_follow_up_on"], name="lead_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=LeadState.values), name="lead_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["won", "lost"]) | Q(next_follow_up_on__isnull=False),
                name="lead_has_next_date",
                violation_error_message=_("Give the day of the next follow-up."),
            ),
            models.CheckConstraint(
                condition=(Q(state="lost") & ~Q(lost_reason="") & ~Q(lost_note=""))
                | (~Q(state="lost") & Q(lost_reason="")),
                name="lead_lost_has_reason",
                violation_error_message=_("Say why it was lost, and a little more about it."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["won", "lost"], closed_at__isnull=False)
                | (~Q(state__in=["won", "lost"]) & Q(closed_at=None)),
                name="lead_closed_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(contact_mobile="") | ~Q(contact_email="") | Q(erased_at__isnull=False),
                name="lead_can_be_reached",
                violation_error_message=_("Give a mobile number or an e-mail address."),
            ),
            models.CheckConstraint(
                condition=Q(wanted_area=None) | Q(wanted_area__gt=0),
                name="lead_area_positive",
                violation_error_message=_("The wanted area is above zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


# What the portal writes into the log itself: ``@code number``, read in the reader's language.
OWN_NOTES = {
    "opened": _("Application %(number)s was opened for it"),
    "came_in": _("Application %(number)s came in"),
    "moved_in": _("Moved in by application %(number)s"),
    "declined": _("Application %(number)s was declined"),
    "given_up": _("Application %(number)s was given up"),
}


def read_note(note: str) -> str:
    """A note as it is shown; what people wrote stays as it is."""
    code, _space, number = note.removeprefix("@").partition(" ")
    known = OWN_NOTES.get(code) if note.startswith("@") else None
    return known % {"number": number} if known else note


class FollowUpKind(models.TextChoices):
    CALL = "call", pgettext_lazy("follow-up", "Call")
    MESSAGE = "message", pgettext_lazy("follow-up", "Message")
    VISIT = "visit", pgettext_lazy("follow-up", "Visit to the park")
    MEETING = "meeting", pgettext_lazy("follow-up", "Meeting elsewhere")
    QUOTE = "quote", pgettext_lazy("follow-up", "Quote given")
    # Written by the portal with a change of state.
    STATE = "state", pgettext_lazy("follow-up", "Change of state")


class FollowUp(models.Model):
    """One contact with a lead, or one change of its state with the reason; never changed."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="follow_ups")
    kind = models.CharField(_("kind"), max_length=10, choices=FollowUpKind.choices)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name=_("by")
    )
    note = models.TextField(_("note"), max_length=4000)
    next_on = models.DateField(_("next follow-up"), null=True, blank=True)

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(note=""),
                name="follow_up_has_note",
                violation_error_message=_("Write what was said."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"

    @property
    def shown_note(self) -> str:
        return read_note(self.note)
