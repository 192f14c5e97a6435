"""Numbers without a gap, and references for banks."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.utils.crypto import salted_hmac
from stdnum import iso11649

from tenants.models import Tenant

# The row stays locked until the paper is there or is not: the next one waits for its number.
NEXT = """
insert into billing_numberseries (tenant_id, series, year, last) values (%s, %s, %s, 1)
on conflict (tenant_id, series, year) do update set last = billing_numberseries.last + 1
returning last
"""
# Letters and digits that nobody takes for each other.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 10


def next_number(tenant: Tenant, series: str, on: date) -> tuple[int, str]:
    """The next in the organisation's series of the year, and how it is written."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [tenant.pk, series, on.year])
        (sequence,) = cursor.fetchone()
    return sequence, written(tenant, series, on.year, sequence)


def written(tenant: Tenant, series: str, year: int, sequence: int) -> str:
    """``HAIHE-B2026-0001``."""
    return f"{tenant.slug.upper()}-{series}{year}-{sequence:04d}"


def reference_of(tenant: Tenant, number: str) -> str:
    """A creditor reference by ISO 11649 (``RF`` and two check digits) that tells nothing: a hash of
    the number by a key of the portal. Fifty bits; a second one alike is refused by a constraint."""
    digest = salted_hmac("billing.reference", f"{tenant.pk}/{number}", algorithm="sha256").digest()
    body = "".join(ALPHABET[byte % 32] for byte in digest[:LENGTH])
    return _checked(body)


def _checked(body: str) -> str:
    whole = "".join(str(int(letter, 36)) for letter in f"{body}RF00")
    reference = f"RF{98 - int(whole) % 97:02d}{body}"
    iso11649.validate(reference)
    return reference


def as_printed(reference: str) -> str:
    """In groups of four, as ISO 11649 prints it."""
    return " ".join(reference[i : i + 4] for i in range(0, len(reference), 4))
