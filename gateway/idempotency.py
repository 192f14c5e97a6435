"""The same POST twice makes one thing: the header ``Idempotency-Key``.

The answer of a call that succeeded is kept with the key, in the transaction that made the thing.
The same key and body get the same answer again; another body is refused (422), and so is a call
whose first copy still runs (409): it never waits for a row. Refused calls are not remembered.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from foundation.errors import DomainError
from gateway.models import IdempotentAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
FORM = re.compile(r"[!-~]{1,255}", re.ASCII)
CHUNK_BYTES = 1024 * 1024

# A transaction-level lock that is tried once: whoever does not get it is told, and nobody waits.
TRY_LOCK = (
    "select pg_try_advisory_xact_lock(hashtextextended('idempotency:' || %s || ':' || %s, 0))"
)

# Longer than anybody tries again; a day is promised.
KEPT = timedelta(days=2)

Handler = Callable[..., Any]


class KeyMissing(exceptions.ParseError):
    default_code = "idempotency_key_missing"
    default_detail = _(
        "Send the header Idempotency-Key with a text of your own, new for each thing you make, "
        "of 1 to 255 visible ASCII characters."
    )


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    status = 422
    message = _("This Idempotency-Key was used for another request. Take a new one.")


class StillRunning(DomainError):
    code = "idempotency_key_in_flight"
    status = 409
    message = _("The first request with this Idempotency-Key is still at work. Ask again shortly.")
    retry_after = 1


def idempotent(handler: Handler) -> Handler:
    """Make a view's ``post`` repeatable; ``ApiView`` does so with every one."""

    @wraps(handler)
    def post(view: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        key, print_ = _key(request), fingerprint(request)
        tenant_id = request.actor.tenant_id
        if not try_lock(tenant_id, key):
            raise StillRunning
        known = IdempotentAnswer.objects.filter(tenant_id=tenant_id, key=key).first()
        if known is not None:
            return _again(known, print_)
        response = handler(view, request, *args, **kwargs)
        _keep(tenant_id, key, print_, response)
        return response

    return post


def try_lock(tenant_id: int, key: str) -> bool:
    """Whether no other transaction is at work under this key of this organisation."""
    with connection.cursor() as cursor:
        cursor.execute(TRY_LOCK, [str(tenant_id), key])
        return bool(cursor.fetchone()[0])


def fingerprint(request: Any) -> str:
    """SHA-256 over what the request says, whatever the bytes in which it says it.

    A form with a file is told anew at each try, with another boundary between its parts.
    """
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    files, said = request.FILES, request.data
    if files:
        said = {name: value for name, value in said.items() if name not in files}
    digest.update(json.dumps(said, sort_keys=True, default=str).encode(errors="surrogatepass"))
    for name in sorted(files):
        digest.update(f"\n{name} {files[name].name} {_sum(files[name])}".encode())
    return digest.hexdigest()


def _sum(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks(CHUNK_BYTES):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _key(request: Any) -> str:
    key = request.headers.get(HEADER, "")
    if not FORM.fullmatch(key):
        raise KeyMissing
    return str(key)


def _again(known: IdempotentAnswer, print_: str) -> HttpResponse:
    if known.fingerprint != print_:
        raise KeyReused
    return HttpResponse(
        known.body,
        status=known.status,
        content_type="application/json",
        headers={REPLAYED: "true"},
    )


def _keep(tenant_id: int, key: str, print_: str, response: Response) -> None:
    IdempotentAnswer.objects.create(
        tenant_id=tenant_id,
        key=key,
        fingerprint=print_,
        status=response.status_code,
        body=JSONRenderer().render(response.data).decode(),
        created_at=timezone.now(),
    )


def forget_old_answers(now: datetime) -> None:
    """Housekeeping for the organisation that is entered."""
    IdempotentAnswer.objects.filter(created_at__lt=now - KEPT).delete()
