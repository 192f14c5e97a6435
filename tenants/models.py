"""Organisations, people, who belongs where, and the trail of what changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from tenants.kinds import Role, TenantKind, role_names

SLUG = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*\Z", _("Lower-case letters, digits and single hyphens only.")
)


class User(AbstractUser):
    """A person. Signs in by e-mail or user name; may belong to several organisations."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    # One field: family name first or last is the person's own business.
    full_name = models.CharField(_("full name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    mobile = models.CharField(_("mobile number"), max_length=20, blank=True)
    language = models.CharField(
        _("language"), max_length=10, blank=True, choices=settings.LANGUAGES, default=""
    )
    # Part of what every session is checked against: raising it ends all of them at once.
    session_generation = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[DjangoUserManager] = DjangoUserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="user_email_unique",
                violation_error_message=_("Somebody with this e-mail address exists already."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="user_name_unique",
                violation_error_message=_("This user name is taken."),
            ),
            models.UniqueConstraint(
                fields=["mobile"],
                condition=~models.Q(mobile=""),
                name="user_mobile_unique",
                violation_error_message=_("Somebody with this mobile number exists already."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    def get_session_auth_hash(self) -> str:
        return self._session_hash(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | bytes) -> str:
        checked = f"{self.session_generation}:{self.password}"
        return salted_hmac(
            "tenants.session", checked, secret=secret, algorithm="sha256"
        ).hexdigest()


class TenantQuerySet(models.QuerySet["Tenant"]):
    def operator(self) -> Tenant:
        return self.get(kind=TenantKind.OPERATOR)

    def residents(self) -> TenantQuerySet:
        return self.filter(kind__in=[TenantKind.ENTERPRISE, TenantKind.START_UP])


class Tenant(models.Model):
    """An organisation that uses the portal; the park itself is the one of kind operator."""

    slug = models.CharField(_("short address"), max_length=60, unique=True, validators=[SLUG])
    kind = models.CharField(_("kind"), max_length=12, choices=TenantKind.choices)
    name = models.CharField(_("registered name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    country = models.CharField(_("country of registration"), max_length=2, default="CN")
    registration_number = models.CharField(
        _("registration number"),
        max_length=32,
        blank=True,
        help_text=_("Unified Social Credit Code, or UEN for a company registered in Singapore."),
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    # From then on its people only read, and after ``tenants.standing.READ_ONLY`` not even that.
    left_at = models.DateTimeField(_("left the park"), null=True, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=TenantKind.values), name="tenant_kind_known"
            ),
            models.UniqueConstraint(
                fields=["country", "registration_number"],
                condition=~models.Q(registration_number=""),
                name="tenant_registration_unique",
                violation_error_message=_(
                    "An organisation with this registration number exists already."
                ),
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(kind=TenantKind.OPERATOR),
                name="tenant_one_operator",
                violation_error_message=_("The park has one operator."),
            ),
            models.CheckConstraint(
                condition=models.Q(left_at=None) | ~models.Q(kind=TenantKind.OPERATOR),
                name="tenant_operator_stays",
                violation_error_message=_("The park's operator does not leave."),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name in the reader's language, the registered one where no English is known."""
        english = (get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> MembershipQuerySet:
        return self.filter(ended_at=None)

    def visible_to(self, actor: Actor) -> MembershipQuerySet:
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)


class Membership(models.Model):
    """A person's place in an organisation. Ended memberships stay, so the trail can be read."""

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="memberships",
        verbose_name=_("person"),
    )
    roles = ArrayField(
        models.CharField(max_length=12, choices=Role.choices), verbose_name=_("roles")
    )
    started_at = models.DateTimeField(_("since"), db_default=Now(), editable=False)
    ended_at = models.DateTimeField(_("left"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        indexes = [models.Index(fields=["user"], name="membership_of_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user"],
                condition=models.Q(ended_at=None),
                name="membership_once",
                violation_error_message=_("This person is a member already."),
            ),
            models.CheckConstraint(
                condition=models.Q(roles__len__gt=0)
                & models.Q(roles__contained_by=list(Role.values)),
                name="membership_roles_known",
                violation_error_message=_("Choose at least one role."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.tenant}"

    @property
    def role_names(self) -> str:
        return role_names(self.roles)

    def actor(self, *, request_id: str = "", is_staff: bool = False) -> Actor:
        """Acting in this membership."""
        return Actor(
            user_id=self.user_id,
            tenant_id=self.tenant_id,
            roles=frozenset(self.roles),
            is_staff=is_staff,
            request_id=request_id,
        )


class TrailEntry(models.Model):
    """One change of one row. Written by triggers; the application can add, never alter."""

    class Action(models.TextChoices):
        INSERT = "insert", _("created")
        UPDATE = "update", _("changed")
        DELETE = "delete", _("deleted")
        CROSSING = "crossing", _("looked across organisations")
        BULK = "bulk", _("imported")
        LINK = "link", _("made a link to")

    tenant = models.ForeignKey(
        Tenant,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("organisation"),
    )
    at = models.DateTimeField(_("at"), db_default=Now())
    # No foreign key: the trail outlives the account, and inserting takes no lock on it.
    user_id = models.BigIntegerField(_("person"), null=True)
    # The API key with which a program did it; no person then.
    key_id = models.BigIntegerField(_("API key"), null=True)
    action = models.CharField(_("action"), max_length=10, choices=Action.choices)
    table = models.CharField(_("table"), max_length=63)
    row_id = models.BigIntegerField(_("row"), null=True)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, db_default="")
    request_id = models.CharField(_("request"), max_length=64, blank=True, db_default="")

    class Meta:
        verbose_name = _("trail entry")
        verbose_name_plural = _("trail")
        indexes = [
            models.Index(fields=["tenant", "-at"], name="trail_newest"),
            models.Index(fields=["tenant", "table", "row_id"], name="trail_of_row"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.row_id or ''} {self.get_action_display()}"

    @property
    def subject(self) -> str:
        """What kind of thing changed, in the reader's language."""
        models = [m._meta for m in apps.get_models() if not m._meta.proxy]
        known = {each.db_table: each.verbose_name for each in models}
        return str(known.get(self.table, self.table))


class TrailSeal(models.Model):
    """Proves that the entries after ``after_id`` up to ``last_id`` are as they were.

    Made and checked by ``tenants.seals``; the application can add, never alter.
    """

    tenant = models.ForeignKey(
        Tenant,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("organisation"),
    )
    after_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    entries = models.PositiveIntegerField()
    seal = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "after_id"], name="trail_seal_once"),
            models.CheckConstraint(
                condition=models.Q(last_id__gt=models.F("after_id"), entries__gt=0),
                name="trail_seal_holds_entries",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.after_id} – {self.last_id}"
