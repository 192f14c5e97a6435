"""What the portal wants of a payment provider, and how a provider's messages are proved.

A message is believed for its signature alone: HMAC-SHA256 with the provider's secret over
``timestamp.body``. The timestamp is signed with it, so that what somebody wrote down is worth
nothing five minutes later.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from django.utils.dateparse import parse_datetime

from billing.models import Payment
from foundation.errors import Sentence
from foundation.text import is_storable
from payments.models import News

TIMESTAMP, SIGNATURE = "Park-Timestamp", "Park-Signature"
TOLERANCE = timedelta(minutes=5)


class NotBelieved(Exception):
    """The message is not the provider's, is too old, or cannot be read: nothing was done."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a provider says of one payment.

    ``event_id`` is the provider's own number of this message and the same on each repetition;
    ``payment_ref`` is the ref it was given for the payment. ``outcome`` is one of ``News``,
    ``amount`` the whole payment's in ``currency``, ``occurred_at`` has a zone.
    """

    event_id: str
    payment_ref: str
    outcome: str
    occurred_at: datetime
    amount: Decimal
    currency: str
    reference: str = ""


class Provider(Protocol):
    """``name`` is stored with each payment and stands in the address of the messages."""

    name: str
    label: Sentence

    def begin(self, payment: Payment, back_to: str) -> str:
        """Where the payer goes to pay; ``back_to`` is the page that waits for the outcome.

        Called in the transaction that writes the payment down: whatever it raises undoes that,
        so it must not take any money yet.
        """

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Message:
        """What a message says. Raises NotBelieved."""

    def ask(self, payment: Payment) -> str:
        """The outcome as the provider knows it, one of ``News``. Raises nothing: whoever does not
        answer has said that it is pending."""


class SignedProvider(ABC):
    """A provider whose messages are JSON, signed as above. Others bring a ``verify`` of their own."""

    name = ""
    label: Sentence = ""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    @abstractmethod
    def begin(self, payment: Payment, back_to: str) -> str: ...

    @abstractmethod
    def ask(self, payment: Payment) -> str: ...

    def sign(self, timestamp: str, body: bytes) -> str:
        signed = timestamp.encode() + b"." + body
        return hmac.new(self._secret.encode(), signed, hashlib.sha256).hexdigest()

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Message:
        self.check_signature(headers, body, now)
        try:
            return read_message(json.loads(body))
        except (ValueError, TypeError, LookupError, RecursionError, InvalidOperation) as error:
            raise NotBelieved("unreadable") from error

    def check_signature(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raises NotBelieved. Without a secret nothing is believed."""
        timestamp = headers.get(TIMESTAMP, "")
        expected = self.sign(timestamp, body).encode()
        given = headers.get(SIGNATURE, "").encode()
        if not self._secret or not hmac.compare_digest(expected, given):
            raise NotBelieved("signature")
        if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 11:
            raise NotBelieved("timestamp")
        if abs(now - datetime.fromtimestamp(int(timestamp), UTC)) > TOLERANCE:
            raise NotBelieved("too old")


LONGEST = {"id": 100, "payment": 64, "outcome": 10, "currency": 3, "reference": 140}
LARGEST = Decimal(10) ** 15


def read_message(said: Any) -> Message:
    """Raises ValueError, TypeError, LookupError, InvalidOperation for what is none."""
    if not isinstance(said, dict):
        raise TypeError("no object")
    words = {name: _text(said, name, longest) for name, longest in LONGEST.items()}
    at = parse_datetime(str(said["at"]))
    amount = Decimal(str(said["amount"]))
    if at is None or at.tzinfo is None or not 2000 < at.year < 9000:
        raise ValueError("moment")
    if not amount.is_finite() or not 0 < amount < LARGEST:
        raise ValueError("amount")
    if words["outcome"] not in News.values or not words["id"]:
        raise ValueError("outcome or number")
    return Message(
        words["id"], words["payment"], words["outcome"], at,
        amount, words["currency"], words["reference"],
    )  # fmt: skip


def _text(said: dict[str, Any], name: str, longest: int) -> str:
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > longest or not is_storable(value):
        raise ValueError(name)
    return value
