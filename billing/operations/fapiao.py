"""Tax invoices: asked for by the organisation, issued at the tax bureau, recorded here.

Kinds and the form of numbers: 数电发票, STA announcement 2024 No. 11.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.models import Document
from backbone.operations.documents import nothing_left_behind
from backbone.operations.uploads import MEBIBYTE, Kinds, store_upload
from billing.models import Fapiao, FapiaoKind, FapiaoState, Invoice
from billing.operations.rows import lock_invoice
from billing.permissions import permissions
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.operations import operation

PURPOSE = "billing.fapiao"
# The bureau gives a PDF, or an OFD, which is a ZIP archive.
FROM_THE_BUREAU = Kinds(
    types=frozenset({"application/pdf", "application/zip"}),
    limit=10 * MEBIBYTE,
    refusal=_("Upload the PDF or OFD that the bureau gave."),
)
NUMBER = re.compile(r"[0-9]{20}")
# A unified social credit code has 18; older numbers of taxpayers 15 to 20.
TAX_NUMBER = re.compile(r"[0-9A-Z]{15,20}")

NO_SALE = _("A deposit is no sale: there is no fapiao for it.")
NOTHING_LEFT = _("All of this bill is credited: there is nothing to issue a fapiao for.")
DIGITS = _("A fapiao's number has 20 digits.")
IN_FUTURE = _("This day is in the future.")


@operation
def request(
    *,
    actor: Actor,
    now: datetime,
    invoice: Invoice,
    title: str,
    tax_number: str = "",
    kind: str = FapiaoKind.ORDINARY,
) -> Fapiao:
    """Ask for the fapiao of an issued bill, over what is not credited of it.

    Raises NotPermitted, WrongState, InvalidInput for no title or a tax number that cannot be,
    DomainError ``fapiao_not_for_deposit``, ``fapiao_for_nothing``, ``fapiao_one_for_a_bill``.
    """
    permissions.require(actor, "ask_for_fapiao")
    own = lock_invoice(actor, invoice)
    if own.is_deposit:
        raise DomainError(NO_SALE, code="fapiao_not_for_deposit")
    if own.credited == own.total:
        raise DomainError(NOTHING_LEFT, code="fapiao_for_nothing")
    if not title.strip():
        raise InvalidInput(fields={"title": _("Give the title of the fapiao.")})
    return Fapiao.objects.create(
        tenant_id=own.tenant_id,
        invoice=own,
        kind=kind,
        title=title.strip(),
        tax_number=_tax_number(tax_number, kind),
        amount=own.total - own.credited,
        requested_by_id=actor.user_id,
    )


def _tax_number(said: str, kind: str) -> str:
    number = said.strip().upper()
    if kind == FapiaoKind.SPECIAL and not number:
        raise InvalidInput(fields={"tax_number": _("A special VAT fapiao needs a tax number.")})
    if number and not TAX_NUMBER.fullmatch(number):
        raise InvalidInput(fields={"tax_number": _("A tax number has 15 to 20 digits or letters.")})
    return number


@operation
def withdraw(*, actor: Actor, now: datetime, fapiao: Fapiao) -> Fapiao:
    """It is not wanted any more, or not like this. Raises NotPermitted, WrongState."""
    permissions.require(actor, "ask_for_fapiao")
    own = _locked(actor, fapiao)
    own.move_to(FapiaoState.DROPPED)
    own.save(update_fields=["state"])
    return own


@operation
def record_issued(
    *,
    actor: Actor,
    now: datetime,
    fapiao: Fapiao,
    number: str,
    issued_on: date,
    file: Any = None,
) -> Fapiao:
    """The bureau has issued it. ``file`` is an upload, or None.

    Raises NotPermitted, WrongState, InvalidInput for a number without 20 digits, a day in the
    future, or a file that is neither PDF nor OFD or larger than 10 MB, DomainError
    ``fapiao_number_once``.
    """
    permissions.require(actor, "record_fapiao")
    own = _locked(actor, fapiao)
    own.number, own.issued_on = _checked(number, "number"), issued_on
    if issued_on > timezone.localdate(now):
        raise InvalidInput(fields={"issued_on": IN_FUTURE})
    own.move_to(FapiaoState.ISSUED)
    with nothing_left_behind():
        own.document = _kept(actor, now, own, file) if file else None
        own.save(update_fields=["state", "number", "issued_on", "document"])
    return own


@operation
def request_red(*, actor: Actor, now: datetime, fapiao: Fapiao, reason: str) -> Fapiao:
    """The park has asked the bureau for the red one that cancels it.

    Raises NotPermitted, WrongState, InvalidInput without a reason.
    """
    permissions.require(actor, "record_fapiao")
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Say why it is cancelled.")})
    own = _locked(actor, fapiao)
    own.move_to(FapiaoState.RED_REQUESTED)
    own.reason = reason.strip()
    own.save(update_fields=["state", "reason"])
    return own


@operation
def record_red(*, actor: Actor, now: datetime, fapiao: Fapiao, red_number: str) -> Fapiao:
    """The red one is issued: another can be asked for. Raises NotPermitted, WrongState,
    InvalidInput for a number without 20 digits, or that of the one it cancels."""
    permissions.require(actor, "record_fapiao")
    own = _locked(actor, fapiao)
    own.red_number = _checked(red_number, "red_number")
    if own.red_number == own.number:
        raise InvalidInput(fields={"red_number": _("This is the number of the one it cancels.")})
    own.move_to(FapiaoState.RED_ISSUED)
    own.save(update_fields=["state", "red_number"])
    return own


@operation
def drop_red(*, actor: Actor, now: datetime, fapiao: Fapiao) -> Fapiao:
    """The bureau issued no red one: it stands as it was. Raises NotPermitted, WrongState."""
    permissions.require(actor, "record_fapiao")
    own = _locked(actor, fapiao)
    if own.state != FapiaoState.RED_REQUESTED:
        raise WrongState
    own.move_to(FapiaoState.ISSUED)
    own.save(update_fields=["state"])
    return own


def _locked(actor: Actor, fapiao: Fapiao) -> Fapiao:
    """Its bill first, like everybody."""
    visible = Fapiao.objects.visible_to(actor).select_related("invoice").get(pk=fapiao.pk)
    lock_invoice(actor, visible.invoice)
    rows = Fapiao.objects.visible_to(actor).select_for_update(of=("self",))
    own: Fapiao = rows.get(pk=fapiao.pk)
    return own


def _checked(number: str, name: str) -> str:
    plain = number.strip()
    if not NUMBER.fullmatch(plain):
        raise InvalidInput(fields={name: DIGITS})
    return plain


def _kept(actor: Actor, now: datetime, own: Fapiao, file: Any) -> Document:
    return store_upload(
        actor=actor,
        now=now,
        tenant_id=own.tenant_id,
        file=file,
        name=file.name,
        purpose=PURPOSE,
        kinds=FROM_THE_BUREAU,
    )
