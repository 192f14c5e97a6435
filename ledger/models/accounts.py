"""Accounts: flat, by the organisation whose books they stand in, code and currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from foundation.actors import Actor
from ledger.chart import label_of, shared_kinds
from ledger.permissions import permissions
from tenants.models import Tenant

# ISO 4217: no minor unit, and thousandths; a test compares them with foundation.currencies.
WHOLE = [
    *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"),
    *("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"),
]
THOUSANDTHS = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]


class MoneyField(models.DecimalField):
    """``numeric(20,4)``: room for any currency's minor unit; the rules let no smaller part in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "max_digits": 20, "decimal_places": 4})


class Side(models.TextChoices):
    DEBIT = "D", pgettext_lazy("side of an entry", "Debit")
    CREDIT = "C", pgettext_lazy("side of an entry", "Credit")


class AccountState(models.TextChoices):
    OPEN = "open", pgettext_lazy("ledger account", "Open")
    FROZEN = "frozen", pgettext_lazy("ledger account", "Frozen")
    CLOSED = "closed", pgettext_lazy("ledger account", "Closed")


S = AccountState


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, actor: Actor) -> AccountQuerySet:
        """Staff see all books; an organisation's own people the accounts that are for its eyes."""
        if not permissions.permits(actor, "read_books"):
            return self.none()
        if actor.is_staff:
            return self
        return self.filter(tenant_id=actor.tenant_id, kind__in=shared_kinds())


def _available(side: str) -> Any:
    own, other = ("debits", "credits") if side == Side.DEBIT else ("credits", "debits")
    return F(own) - F(other) - F("held")


class Account(Lifecycle):
    """``tenant`` is whose books it stands in: what the park and this organisation owe each other,
    the park's side included (its revenue from it, its bank's money from it). The park's own books
    are those of the operator.

    The sums are written by entries and holds alone: a trigger refuses whoever else writes them.
    """

    TRANSITIONS: ClassVar[Transitions] = {
        S.OPEN: frozenset({S.FROZEN, S.CLOSED}),
        S.FROZEN: frozenset({S.OPEN, S.CLOSED}),
        S.CLOSED: frozenset(),
    }

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("books of")
    )
    code = models.CharField(_("code"), max_length=60)
    kind = models.GeneratedField(
        expression=Func(F("code"), Value(":"), Value(1), function="split_part"),
        output_field=models.CharField(_("kind"), max_length=60),
        db_persist=True,
        verbose_name=_("kind"),
    )
    currency = models.CharField(_("currency"), max_length=3)
    minor_units = models.PositiveSmallIntegerField(_("decimal places"))
    side = models.CharField(_("grows on"), max_length=1, choices=Side.choices)
    floor = MoneyField(_("not below"), null=True)
    debits = MoneyField(_("debits"), default=0)
    credits = MoneyField(_("credits"), default=0)
    held = MoneyField(_("held"), default=0)
    entries_count = models.BigIntegerField(_("entries"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=S.choices, default=S.OPEN)
    created_at = models.DateTimeField(_("opened"), db_default=Now(), editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("ledger", "account")
        verbose_name_plural = pgettext_lazy("ledger", "accounts")
        ordering = ["tenant", "code", "currency"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code", "currency"], name="account_once"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z_]+(:[a-z0-9._-]+)?$"),
                name="account_code_form",
                violation_error_message=_("This is no code of an account."),
            ),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="account_side_known"),
            models.CheckConstraint(condition=Q(state__in=S.values), name="account_state_known"),
            models.CheckConstraint(
                condition=Q(minor_units=0, currency__in=WHOLE)
                | Q(minor_units=3, currency__in=THOUSANDTHS)
                | (Q(minor_units=2) & ~Q(currency__in=[*WHOLE, *THOUSANDTHS])),
                name="account_minor_units",
            ),
            models.CheckConstraint(
                condition=Q(debits__gte=0, credits__gte=0, held__gte=0),
                name="account_sums_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(floor=None)
                | Q(side=Side.DEBIT, floor__lte=_available(Side.DEBIT))
                | Q(side=Side.CREDIT, floor__lte=_available(Side.CREDIT)),
                name="account_floor",
                violation_error_message=_("There is not enough on the account."),
            ),
            models.CheckConstraint(
                condition=~Q(state=S.CLOSED) | Q(debits=F("credits"), held=0),
                name="account_closed_empty",
                violation_error_message=_("Bring the balance to zero before you close it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.currency}"

    @property
    def label(self) -> str:
        """``Bank icbc-0001``: the kind in the reader's language and the account's own name."""
        return f"{label_of(self.kind)} {self.code.partition(':')[2]}".strip()

    @property
    def balance(self) -> Decimal:
        """In its currency, above zero on the side on which it grows."""
        difference = self.debits - self.credits
        return difference if self.side == Side.DEBIT else -difference

    @property
    def available(self) -> Decimal:
        return self.balance - self.held
