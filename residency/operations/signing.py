"""The papers of an agreement: its PDF and the signed copy, files of the organisation."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

from django.utils.translation import gettext_lazy as _

from backbone.models import Document
from backbone.operations import store_document
from backbone.operations.documents import nothing_left_behind
from backbone.operations.uploads import SIGNED_COPY, store_upload
from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.operations import operation
from residency.models import Agreement, AgreementState
from residency.operations.agreements import lock, tell
from residency.permissions import permissions

PURPOSE = "residency.agreement"


@operation
def keep_paper(
    *, actor: Actor, now: datetime, agreement: Agreement, content: bytes
) -> Document | None:
    """Keep the PDF that the job made and tell the organisation that it can sign (the system).

    ``agreement`` is locked by the caller. None when it does not wait for a PDF any more.
    """
    if agreement.state != AgreementState.AWAITING or agreement.document_id is not None:
        return agreement.document
    agreement.document = store_document(
        actor=replace(actor, tenant_id=agreement.tenant_id),
        now=now,
        file=BytesIO(content),
        name=f"{agreement.number}.pdf",
        purpose=PURPOSE,
        created_by_id=agreement.created_by_id,
    )
    agreement.save(update_fields=["document"])
    tell(actor, now, agreement, "ready", _("The agreement “%(title)s” waits for your signature"))
    return agreement.document


@operation
def upload_signed_copy(
    *, actor: Actor, now: datetime, agreement: Agreement, file: Any, name: str
) -> Agreement:
    """Keep the scan of what was signed, by staff or by the organisation; staff then accept it.

    Raises NotPermitted, WrongState unless the agreement waits for it, and InvalidInput for what
    is neither PDF nor picture, or larger than 20 MB.
    """
    permissions.require(actor, "upload_signed_copy")
    locked = lock(actor, agreement)
    if locked.state != AgreementState.AWAITING or locked.document_id is None:
        raise WrongState
    with nothing_left_behind():
        locked.signed_copy = store_upload(
            actor=actor,
            now=now,
            tenant_id=locked.tenant_id,
            file=file,
            name=name,
            purpose=PURPOSE,
            kinds=SIGNED_COPY,
        )
        locked.copy_refusal = ""
        locked.save(update_fields=["signed_copy", "copy_refusal"])
    return locked


@operation
def refuse_copy(*, actor: Actor, now: datetime, agreement: Agreement, reason: str) -> Agreement:
    """The copy cannot be accepted: a page or the seal is missing. The organisation is told why.

    Raises NotPermitted, WrongState without a copy to refuse, InvalidInput without a reason.
    """
    permissions.require(actor, "manage_agreements")
    locked = lock(actor, agreement)
    if locked.state != AgreementState.AWAITING or locked.signed_copy_id is None:
        raise WrongState
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Say what is wrong with it.")})
    locked.signed_copy, locked.copy_refusal = None, reason
    locked.save(update_fields=["signed_copy", "copy_refusal"])
    title = _("The signed copy of “%(title)s” was not accepted")
    tell(actor, now, locked, "refused", title, reason)
    return locked
