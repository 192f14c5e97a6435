"""How often may be asked: counted in the cache for each organisation, and by address for bad keys.

Windows are fixed: a counter per organisation and minute, counted up in one step, so that calls at
the same moment cannot slip past it. When the cache is away nothing is counted and calls go on.
"""

from __future__ import annotations

import logging
import math
import time
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from rest_framework.exceptions import Throttled
from rest_framework.throttling import BaseThrottle

from foundation import security_log
from foundation.security_log import Event

logger = logging.getLogger(__name__)


def count(name: str, limit: int, seconds: int) -> int:
    """Count one more use; gives the seconds to wait when it is over the limit, else 0."""
    now = time.time()
    window = int(now // seconds)
    key = f"limit:{name}:{window}"
    try:
        cache.add(key, 0, seconds * 2)
        used = cache.incr(key)
    except Exception:  # noqa: BLE001  whatever a cache can raise, it is not the caller's fault
        logger.warning("a limit could not be counted: %s", name.partition(":")[0])
        return 0
    if used <= limit:
        return 0
    security_log.tell(Event.LIMIT_HIT, limit=name.partition(":")[0])
    return math.ceil((window + 1) * seconds - now)


class TenantThrottle(BaseThrottle):
    """So many calls a minute for an organisation, whichever of its keys they come with."""

    def allow_request(self, request: Any, view: Any) -> bool:
        tenant_id = request.actor.tenant_id
        self._wait = count(f"calls:{tenant_id}", settings.API_CALLS_PER_MINUTE, 60)
        if not self._wait and request.method == "POST":
            self._wait = count(f"writes:{tenant_id}", settings.API_WRITES_PER_MINUTE, 60)
        return not self._wait

    def wait(self) -> float:
        return self._wait


def refuse_guessing(request: Any) -> None:
    """Count a key that opens nothing against its sender's address; raises Throttled."""
    address = get_adapter().get_client_ip(request)
    if wait := count(f"bad-keys:{address}", settings.API_BAD_KEYS_PER_MINUTE, 60):
        raise Throttled(wait)
