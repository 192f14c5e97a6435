"""Payments whose provider keeps silent, and news that do not fit."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from billing.models import Payment, PaymentOutcome
from billing.operations import trying
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.operations import operation
from payments.models import FINAL, OPEN, EventState, InboxEvent, OnlinePayment
from payments.operations.receiving import handle
from payments.permissions import permissions
from payments.providers import NoSuchProvider, provider_called
from tenants.isolation.context import as_system, enter_tenant

# From then on nobody waits for the provider by themselves.
PATIENCE = timedelta(minutes=15)
NO_PROVIDER = _("The park does not use this provider any more: record the outcome.")
SAYS_WHY = _("Say how you know.")
SAYS_WHAT = _("Say what came of it.")


@operation
def ask(*, actor: Actor, now: datetime, payment: Payment) -> Payment:
    """Ask the provider what became of it; without an outcome it stays as it is.

    Raises NotPermitted, WrongState, DomainError ``no_such_provider``.
    """
    permissions.require(actor, "record_outcome")
    own = OnlinePayment.objects.visible_to(actor).under_way().filter(pk=payment.pk).first()
    if own is None:
        raise WrongState
    try:
        way = provider_called(own.provider)
    except NoSuchProvider as error:
        raise DomainError(NO_PROVIDER, code="no_such_provider") from error
    outcome = way.ask(own)
    if outcome not in FINAL:
        return own
    return trying.conclude(actor=actor, now=now, payment=own, outcome=outcome)


@operation
def record_outcome(
    *, actor: Actor, now: datetime, payment: Payment, outcome: str, reason: str
) -> Payment:
    """What became of a payment of unknown outcome, by somebody's word.

    Raises NotPermitted, WrongState for one that is not unknown, InvalidInput without a reason.
    """
    permissions.require(actor, "record_outcome")
    if not reason.strip():
        raise InvalidInput(fields={"reason": SAYS_WHY})
    if outcome not in FINAL:
        raise InvalidInput(code="inbox_event_outcome_known")
    own = OnlinePayment.objects.visible_to(actor).get(pk=payment.pk)
    if own.state != PaymentOutcome.UNKNOWN:
        raise WrongState
    done = trying.conclude(actor=actor, now=now, payment=own, outcome=outcome)
    done.note = f"{done.note} {reason.strip()}".strip()[:500]
    done.save(update_fields=["note"])
    return done


def give_up_waiting(now: datetime) -> int:
    """Payments under way for longer than ``PATIENCE`` are of unknown outcome; gives how many.

    Twice is once: what is known by now stays as it is.
    """
    with as_system():
        late = OnlinePayment.objects.filter(
            state=PaymentOutcome.PENDING, created_at__lt=now - PATIENCE
        )
        found = list(late.order_by("pk"))
    return sum(give_up(payment, now) for payment in found)


def give_up(payment: Payment, now: datetime) -> bool:
    """Whether it was under way until now."""
    system = Actor(user_id=None, tenant_id=payment.tenant_id)
    with enter_tenant(payment.tenant_id):
        try:
            trying.conclude(actor=system, now=now, payment=payment, outcome=PaymentOutcome.UNKNOWN)
        except WrongState:
            return False
    return True


# -- news that do not fit --------------------------------------------------------------------


@operation
def look_into(*, actor: Actor, now: datetime, event: InboxEvent, note: str) -> InboxEvent:
    """Somebody looked into news that did not fit; ``note`` says what came of it.

    Raises NotPermitted, WrongState, InvalidInput without a note.
    """
    permissions.require(actor, "look_into_news")
    if not note.strip():
        raise InvalidInput(fields={"note": SAYS_WHAT})
    own = _open(event)
    own.move_to(EventState.LOOKED_INTO)
    own.note, own.looked_into_by_id = note.strip(), actor.user_id
    own.save(update_fields=["state", "note", "looked_into_by"])
    return own


@operation
def take_in_again(*, actor: Actor, now: datetime, event: InboxEvent) -> InboxEvent:
    """Look once more for the payment of news that had none. Raises NotPermitted, WrongState."""
    permissions.require(actor, "look_into_news")
    own = _open(event)
    if own.state != EventState.UNMATCHED:
        raise WrongState
    return handle(now, own)


def _open(event: InboxEvent) -> InboxEvent:
    own = InboxEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if own.state not in OPEN:
        raise WrongState
    return own
