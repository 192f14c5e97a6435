"""Two-phase amounts: held, then captured or let go."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput
from foundation.operations import operation
from ledger.models import Hold, HoldState, Side, Voucher
from ledger.operations.accounts import locked
from ledger.operations.lapsing import lapse
from ledger.operations.posting import Source, check_amount, named_by, write_entries, write_head
from tenants.models import Tenant

OVER = _("The time for which it was held is over.")
DIFFERS = _("This was held before, with other figures.")
NOT_AHEAD = _("A hold ends in the future.")


@operation
def hold(
    *,
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    source: Model | Source,
    event: str,
    code: str,
    into: str,
    amount: Decimal,
    currency: str,
    expires_at: datetime,
    memo: str = "",
) -> Hold:
    """Keep ``amount`` of the account ``code`` for ``into`` until ``expires_at``.

    For apps above, like ``post``. The same source and event with the same figures give the hold
    that is there, whatever has become of it.

    Raises InvalidInput for an amount or moment that cannot be, DomainError ``hold_differs``,
    ``account_floor`` where there is not enough, ``account_takes_entries`` for a frozen account.
    """
    check_amount(amount, currency)
    if expires_at <= now:
        raise InvalidInput(fields={"expires_at": NOT_AHEAD}, code="hold_not_ahead")
    accounts = locked(tenant.pk, [(code, currency), (into, currency)])
    named = named_by(source)
    key = {
        "tenant": tenant,
        "source_type": named.type,
        "source_id": named.id,
        "event": event,
    }
    figures = {
        "account_id": accounts[code, currency].pk,
        "into_id": accounts[into, currency].pk,
        "currency": currency,
        "amount": amount,
        "expires_at": expires_at,
    }
    if known := Hold.objects.filter(**key).first():
        return _same(known, figures)
    lapse(accounts.values(), now)
    return Hold.objects.create(**key, **figures, memo=memo, created_at=now)


@operation
def capture(
    *,
    actor: Actor,
    now: datetime,
    hold: Hold,
    effective_on: date,
    amount: Decimal | None = None,
    memo: str = "",
) -> Voucher:
    """Post what is held, or less of it: out of its account into the other; the rest is let go.

    Again with the same amount it gives the same voucher. Raises InvalidInput for an amount that
    cannot be, WrongState for a hold that ended otherwise, DomainError ``hold_over`` when its time
    is over, ``hold_not_beyond`` for more than is held, and what ``post`` raises.
    """
    own = _locked(hold)
    wanted = own.amount if amount is None else amount
    check_amount(wanted, own.currency)
    if own.voucher is not None and own.captured == wanted:
        return own.voucher
    if own.state == HoldState.HELD and own.expires_at <= now:
        raise DomainError(OVER, code="hold_over")
    own.move_to(HoldState.CAPTURED)
    named = Source(own._meta.label_lower, own.pk)
    made = write_head(
        actor, own.tenant_id, named, "captured", effective_on, memo or own.memo, legs=2
    )
    # What is held counts against the floor until it is let go: the entries come after.
    own.voucher, own.captured = made, wanted
    _end(own, now)
    assert made is not None, "a hold is captured under its account's lock"
    out, back = _sides(own)
    write_entries(made, [(own.account, out, wanted), (own.into, back, wanted)])
    return made


@operation
def void(*, actor: Actor, now: datetime, hold: Hold) -> Hold:
    """Let it go. Raises WrongState for one that has ended."""
    own = _locked(hold)
    own.move_to(HoldState.VOIDED)
    return _end(own, now)


@operation
def lapse_overdue(*, actor: Actor, now: datetime) -> int:
    """End the organisation's holds whose time is over, for the record; gives how many."""
    overdue = Hold.objects.filter(tenant_id=actor.tenant_id).overdue(now)
    keys = list(overdue.values_list("account__code", "currency").distinct())
    return lapse(locked(actor.tenant_id, keys).values(), now) if keys else 0


def _same(hold: Hold, figures: dict[str, object]) -> Hold:
    if any(getattr(hold, name) != value for name, value in figures.items()):
        raise DomainError(DIFFERS, code="hold_differs")
    return hold


def _locked(hold: Hold) -> Hold:
    """The hold as it is under the locks of its accounts, which come first."""
    own = Hold.objects.select_related("account", "into")
    known = own.get(tenant_id=hold.tenant_id, pk=hold.pk)
    keys = [(each.code, known.currency) for each in (known.account, known.into)]
    locked(hold.tenant_id, keys)
    return own.select_related("voucher").select_for_update(of=("self",)).get(pk=known.pk)


def _sides(hold: Hold) -> tuple[str, str]:
    """Out of the account is the side on which it shrinks."""
    if hold.account.side == Side.DEBIT:
        return Side.CREDIT, Side.DEBIT
    return Side.DEBIT, Side.CREDIT


def _end(hold: Hold, now: datetime) -> Hold:
    hold.ended_at = now
    hold.save(update_fields=["state", "captured", "ended_at", "voucher"])
    return hold
