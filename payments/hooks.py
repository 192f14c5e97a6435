"""The door through which providers speak: no session, no cookie, the signature alone opens it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from foundation import security_log
from foundation.security_log import Event
from gateway import problems
from payments.operations.receiving import hear
from payments.providers import NoSuchProvider
from payments.providers.base import NotBelieved
from tenants.guessing import admit_address

# Bytes of a message; a real one has a few hundred.
LARGEST = 64 * 1024


# Exempt: a browser of somebody else cannot sign, and no cookie is read here.
@csrf_exempt
@require_POST
def payment_hook(request: HttpRequest, provider: str) -> HttpResponse:
    """Take in what the provider says. Said again, it is answered the same and changes nothing."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return problems.answer(413, "too_large")
    admitted = admit_address(request)
    if admitted is None:
        return problems.answer(429, "too_many")
    if not _is_heard(request, provider, timezone.now()):
        return problems.answer(401, "not_believed")
    admitted.rollback()
    return JsonResponse({"received": True})


def _is_heard(request: HttpRequest, provider: str, now: datetime) -> bool:
    """An unknown provider and a wrong signature are answered alike."""
    try:
        hear(provider=provider, headers=request.headers, body=request.body, now=now)
    except (NoSuchProvider, NotBelieved) as error:
        why = "provider" if isinstance(error, NoSuchProvider) else str(error)
        security_log.tell(Event.KEY_REFUSED, kind="payment_hook", why=why)
        return False
    return True
