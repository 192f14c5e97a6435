"""Undoing by reversal: the match stays as a record, the line has something left again."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models import PaymentOutcome
from billing.operations import paying
from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.operations import operation
from ledger.models import Voucher
from ledger.operations import posting
from ledger.operations.posting import Leg
from reconciliation.models import CAME_IN, Match, MatchKind
from reconciliation.operations import rows, till
from reconciliation.operations.aside import close, given_out, parked
from tenants.models import Tenant

SAYS_WHY = _("Say why it is undone.")


@operation
def undo(*, actor: Actor, now: datetime, match: Match, reason: str) -> Match:
    """Take a match back.

    A payment is taken back in billing, so its bills are open again; one whose payer was found later
    is unidentified again; what was unidentified leaves the park's books; what was recorded by hand
    stays as it was recorded. A payment that the bank took back stays taken back: undoing that opens
    the line by which it came in too.

    Raises NotPermitted, WrongState for what is undone already, InvalidInput without a reason, and
    what ``paying.return_payment`` raises, such as for a payment of which a part was paid back.
    """
    own = rows.locked_match(actor, match)
    if own.undone_at is not None:
        raise WrongState
    if not reason.strip():
        raise InvalidInput(fields={"reason": SAYS_WHY})
    close(own, actor, now, reason.strip())
    UNDO[own.kind](actor, now, own, reason.strip())
    return own


def _payment(actor: Actor, now: datetime, own: Match, reason: str) -> None:
    payment = own.payment
    assert payment is not None
    # Taken back at its own page already: there is nothing left to reverse there.
    if payment.state != PaymentOutcome.RETURNED:
        paying.return_payment(actor=actor, now=now, payment=payment, reason=reason)
    if own.found_id is not None:
        _unidentified_again(actor, now, own)


def _unidentified_again(actor: Actor, now: datetime, own: Match) -> None:
    assert own.payment is not None
    on = timezone.localdate(now)
    moved = Voucher.objects.get(
        tenant_id=own.payment.tenant_id,
        source_type=own._meta.label_lower,
        source_id=own.pk,
        event="moved here",
    )
    posting.reverse(actor=actor, now=now, voucher=moved, effective_on=on, memo=moved.memo)
    _post(actor, now, own, "given back", given_out(own, own.amount))
    rows.make(actor, own.tally, MatchKind.UNIDENTIFIED, own.amount)


def _unidentified(actor: Actor, now: datetime, own: Match, reason: str) -> None:
    _post(actor, now, own, "undone", parked(own))


def _returned(actor: Actor, now: datetime, own: Match, reason: str) -> None:
    assert own.payment is not None
    if own.payment.account_id is None:
        till.post_move(actor, now, own, "not taken back", till.out_of_till(own))
    came = Match.objects.standing().filter(payment=own.payment, kind__in=CAME_IN)
    for each in came.exclude(pk=own.pk).select_related("tally__line", "payment__tenant"):
        undo(actor=actor, now=now, match=each, reason=reason)


def _recorded(actor: Actor, now: datetime, own: Match, reason: str) -> None:
    """The payment stays. Recorded without an account, its money is in the till again."""
    assert own.payment is not None
    if own.payment.account_id is None:
        till.post_move(actor, now, own, "not recognised", till.turned(till.out_of_till(own)))


def _nothing(actor: Actor, now: datetime, own: Match, reason: str) -> None:
    """Nothing was posted."""


def _post(actor: Actor, now: datetime, own: Match, event: str, legs: list[Leg]) -> None:
    """The legs turned round, in the park's own books, today."""
    posting.post(
        actor=actor,
        now=now,
        tenant=Tenant.objects.operator(),
        source=own,
        event=event,
        effective_on=timezone.localdate(now),
        legs=till.turned(legs),
    )


UNDO = {
    MatchKind.PAYMENT.value: _payment,
    MatchKind.RECORDED.value: _recorded,
    MatchKind.RETURNED.value: _returned,
    MatchKind.REFUND.value: _nothing,
    MatchKind.UNIDENTIFIED.value: _unidentified,
    MatchKind.ASIDE.value: _nothing,
}
