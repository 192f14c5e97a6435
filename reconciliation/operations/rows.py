"""The line of a bank and what is left of it, locked before anything else of billing or the books."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from banking.models import StatementLine
from banking.queries import lines_for
from foundation.actors import Actor
from foundation.currencies import minor_units
from foundation.errors import DomainError, InvalidInput
from reconciliation.models import Match, Tally
from reconciliation.permissions import permissions

BEYOND = _("This is more than is left of the line. Somebody may have dealt with it meanwhile.")
NOT_WHOLE = _("%(amount)s %(currency)s is not whole in the smallest unit of its currency.")
COMES_IN = _("Money of this line went out.")
GOES_OUT = _("Money of this line came in.")

LONGEST = 140

# Whoever opens it at once waits here for the other.
OPENED = """
insert into reconciliation_tally (line_id, amount, matched) values (%s, %s, 0)
on conflict (line_id) do nothing
"""


def locked(actor: Actor, line: StatementLine) -> Tally:
    """The tally of a line, locked until the transaction ends.

    Raises NotPermitted, StatementLine.DoesNotExist."""
    permissions.require(actor, "reconcile")
    own = lines_for(actor).get(pk=line.pk)
    with connection.cursor() as cursor:
        cursor.execute(OPENED, [own.pk, abs(own.amount)])
    tally = Tally.objects.select_for_update().get(line_id=own.pk)
    tally.line = own
    return tally


def locked_match(actor: Actor, match: Match) -> Match:
    """A match with its tally, the tally first. Raises NotPermitted, Match.DoesNotExist."""
    tally = locked(actor, match.tally.line)
    own = Match.objects.select_related("payment__tenant").get(pk=match.pk, tally=tally)
    own.tally = tally
    return own


def require_left(tally: Tally, amount: Decimal) -> None:
    """For the sentence; ``tally_not_beyond`` guards it."""
    if amount > tally.left:
        raise DomainError(BEYOND, code="tally_not_beyond")


def whole(amount: Decimal, currency: str) -> Decimal:
    """A bank's amount in the currency's minor unit; nothing is rounded. Raises InvalidInput."""
    plain = round(amount, minor_units(currency))
    if plain != amount:
        said = {"amount": amount.normalize(), "currency": currency}
        raise InvalidInput(NOT_WHOLE, code="line_whole_units", params=said)
    return plain


def incoming(tally: Tally) -> None:
    if tally.line.amount <= 0:
        raise InvalidInput(COMES_IN, code="line_went_out")


def outgoing(tally: Tally) -> None:
    if tally.line.amount >= 0:
        raise InvalidInput(GOES_OUT, code="line_came_in")


def make(actor: Actor, tally: Tally, kind: str, amount: Decimal, **values: object) -> Match:
    made = Match.objects.create(
        tally=tally, kind=kind, amount=amount, made_by_id=actor.user_id, **values
    )
    tally.matched += amount
    return made


def said_by(line: StatementLine) -> str:
    """What finds the line again: the bank's reference, the structured one, or day and amount. Not
    what the payer wrote: that is erased one day, and the books never are."""
    said = (line.bank_reference.strip(), line.payee_reference.strip(), str(line))
    return next(each for each in said if each)[:LONGEST]
