"""The park's own accounts. Kept by its leads; each change is recorded in the trail."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from stdnum import iban

from backbone.recording import changed, saved
from banking.models import BankAccount
from banking.permissions import permissions
from foundation import currencies
from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.operations import operation

ACTION = "manage_accounts"
BETWEEN = re.compile(r"[\s/]+")
LIKE_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")


@operation
def keep_account(
    *,
    actor: Actor,
    now: datetime,
    account: BankAccount | None = None,
    holder: str,
    number: str,
    bank: str,
    currency: str,
    swift: str = "",
) -> BankAccount:
    """Add an account of the park, or change ``account``. ``number`` is an IBAN or the bank's own.
    The first of a currency is named on bills.

    Raises NotPermitted, InvalidInput for an IBAN whose check digits are wrong and for an unknown
    currency, DomainErrors ``bank_account_once``, ``bank_account_number``, ``bank_account_swift``.
    """
    permissions.require(actor, ACTION)
    values = {
        "holder": holder.strip(),
        "number": _number(number),
        "bank": bank.strip(),
        "currency": currencies.validate(currency),
        "swift": plain(swift),
    }
    if account is None:
        named = BankAccount.objects.filter(currency=values["currency"], is_on_bills=True)
        return saved(BankAccount(**values, is_on_bills=not named.exists()), {})
    own = BankAccount.objects.select_for_update().get(pk=account.pk)
    if own.currency != values["currency"] and own.lines.exists():
        raise InvalidInput(
            fields={"currency": _("The account has lines in its currency; add another account.")}
        )
    return changed(own, values)


@operation
def close_account(*, actor: Actor, now: datetime, account: BankAccount) -> BankAccount:
    """No further file is taken for it; what there is stays. Raises NotPermitted, WrongState."""
    permissions.require(actor, ACTION)
    own = BankAccount.objects.select_for_update().get(pk=account.pk)
    if own.closed_at is not None:
        raise WrongState
    return changed(own, {"closed_at": now, "is_on_bills": False})


@operation
def name_on_bills(*, actor: Actor, now: datetime, account: BankAccount) -> BankAccount:
    """Bills in its currency that are issued from now on say to pay into it, and into no other.

    Raises NotPermitted, WrongState for one that is closed or named already.
    """
    permissions.require(actor, ACTION)
    rows = BankAccount.objects.select_for_update().filter(currency=account.currency)
    of_currency = {row.pk: row for row in rows.order_by("pk")}
    own = of_currency[account.pk]
    if own.closed_at is not None or own.is_on_bills:
        raise WrongState
    for other in of_currency.values():
        if other.is_on_bills:
            changed(other, {"is_on_bills": False})
    return changed(own, {"is_on_bills": True})


@operation
def reopen_account(*, actor: Actor, now: datetime, account: BankAccount) -> BankAccount:
    """Files are taken for it again. Raises NotPermitted, WrongState."""
    permissions.require(actor, ACTION)
    own = BankAccount.objects.select_for_update().get(pk=account.pk)
    if own.closed_at is None:
        raise WrongState
    return changed(own, {"closed_at": None})


def plain(said: str) -> str:
    """A number as it is kept: full-width as narrow, capitals, nothing between the digits."""
    return BETWEEN.sub("", unicodedata.normalize("NFKC", said)).upper()


def _number(said: str) -> str:
    number = plain(said)
    if LIKE_IBAN.fullmatch(number) and not iban.is_valid(number, check_country=False):
        raise InvalidInput(fields={"number": _("The check digits of this IBAN are wrong.")})
    return number
