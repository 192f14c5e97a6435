"""Guests of an event: invited by name, without an account and without a seat."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from foundation.actors import Actor
from tenants.models import Tenant
from training.models.sessions import Session

# Without letters and digits that are taken for one another at a door.
ALPHABET, CODE_LENGTH = "23456789ABCDEFGHJKMNPQRSTVWXYZ", 10


def new_code() -> str:
    return get_random_string(CODE_LENGTH, ALPHABET)


class GuestState(models.TextChoices):
    LISTED = "listed", pgettext_lazy("guest", "Not invited yet")
    INVITED = "invited", pgettext_lazy("guest", "Invited")
    ACCEPTED = "accepted", pgettext_lazy("guest", "Is coming")
    DECLINED = "declined", pgettext_lazy("guest", "Is not coming")
    REMOVED = "removed", pgettext_lazy("guest", "Taken off the list")


S = GuestState
# A place is kept for them, and the door lets them in.
EXPECTED = (S.LISTED, S.INVITED, S.ACCEPTED)


class GuestQuerySet(models.QuerySet["Guest"]):
    def visible_to(self, actor: Actor) -> GuestQuerySet:
        """Staff see all, an organisation's own people those whom it put forward."""
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)

    def expected(self) -> GuestQuerySet:
        return self.filter(state__in=EXPECTED)

    def over(self, before: datetime) -> GuestQuerySet:
        """Of events whose last date and last day of booking were before the moment."""
        later = Session.objects.filter(Q(dates__ends_at__gte=before) | Q(closes_at__gte=before))
        return self.exclude(session__in=later.values("pk"))


class Guest(Lifecycle):
    """``tenant`` is the organisation that put the guest forward, the park's operator for whom the
    park invites itself; ``company`` is where the guest comes from, blank for the organisation.

    ``code`` stands in the personal link and on the paper held before the door's scanner. It is
    another one as soon as the row has another person.
    """

    TRANSITIONS: ClassVar[Transitions] = {
        S.LISTED: frozenset({S.INVITED, S.ACCEPTED, S.DECLINED, S.REMOVED}),
        S.INVITED: frozenset({S.ACCEPTED, S.DECLINED, S.REMOVED}),
        S.ACCEPTED: frozenset({S.DECLINED, S.REMOVED}),
        S.DECLINED: frozenset({S.ACCEPTED, S.REMOVED}),
        S.REMOVED: frozenset(),
    }

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    session = models.ForeignKey(
        Session, models.PROTECT, related_name="guests", verbose_name=pgettext_lazy("guest", "event")
    )
    state = models.CharField(_("state"), max_length=8, choices=S.choices, default=S.LISTED)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=100)
    company = models.CharField(_("comes from"), max_length=200, blank=True, default="")
    email = models.EmailField(_("email address"), blank=True, default="")
    mobile = models.CharField(_("mobile number"), max_length=30, blank=True, default="")
    language = models.CharField(_("language of letters"), max_length=10, choices=settings.LANGUAGES)
    code = models.CharField(_("code"), max_length=CODE_LENGTH, default=new_code, editable=False)
    added_at = models.DateTimeField(_("added"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("added by"),
    )
    invited_at = models.DateTimeField(_("invited at"), null=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    arrived_at = models.DateTimeField(_("arrived"), null=True)
    arrived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("let in by"),
    )
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)

    objects = GuestQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("training", "guest")
        verbose_name_plural = pgettext_lazy("training", "guests")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["session", "state"], name="guest_of_session"),
            models.Index(fields=["code"], name="guest_by_code"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="guest_state_known"),
            models.UniqueConstraint(fields=["tenant", "code"], name="guest_code_once"),
            models.UniqueConstraint(
                fields=["tenant", "session", "email"],
                condition=~Q(email="") & ~Q(state=S.REMOVED),
                name="guest_mail_once",
                violation_error_message=_("Somebody with this address is on the list already."),
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None, name__gt="")
                | Q(erased_at__isnull=False, name="", company="", email="", mobile=""),
                name="guest_has_name",
                violation_error_message=_("A guest has a name."),
            ),
            models.CheckConstraint(
                condition=Q(arrived_at=None, arrived_by=None)
                | Q(arrived_at__isnull=False, state__in=EXPECTED),
                name="guest_arrived_expected",
                violation_error_message=_("Who has arrived stays on the list."),
            ),
            models.CheckConstraint(
                condition=~Q(state=S.INVITED) | Q(invited_at__isnull=False),
                name="guest_invited_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(_("erased"))

    @property
    def comes_from(self) -> str:
        return self.company or self.tenant.display_name

    @property
    def printed_code(self) -> str:
        """In two halves, for whoever types it."""
        half = CODE_LENGTH // 2
        return f"{self.code[:half]} {self.code[half:]}"


class GuestAllowanceQuerySet(models.QuerySet["GuestAllowance"]):
    def visible_to(self, actor: Actor) -> GuestAllowanceQuerySet:
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)


class GuestAllowance(models.Model):
    """So many guests of an event an organisation may put forward; no place is kept for them."""

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    session = models.ForeignKey(
        Session,
        models.PROTECT,
        related_name="guest_allowances",
        verbose_name=pgettext_lazy("guest", "event"),
    )
    guests = models.PositiveIntegerField(pgettext_lazy("training", "guests"))

    objects = GuestAllowanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("number of guests of an organisation")
        verbose_name_plural = _("numbers of guests of organisations")
        ordering = ["session", "tenant"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "session"],
                name="guest_allowance_once",
                violation_error_message=_("This organisation has a number of guests already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session}: {self.tenant}"
