"""Numbers without a gap, and references for banks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import count

from django.db import connection
from django.utils.crypto import salted_hmac
from stdnum import iso11649

from tenants.models import Tenant

# The rows stay locked until the papers are there or are not: the next one waits for its number.
NEXT = """
insert into billing_numberseries (tenant_id, series, year, last) values {rows}
on conflict (tenant_id, series, year) do update set last = billing_numberseries.last + excluded.last
returning tenant_id, series, last
"""
# Letters and digits that nobody takes for each other.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 10


def next_number(tenant: Tenant, series: str, on: date) -> tuple[int, str]:
    """The next in the organisation's series of the year, and how it is written."""
    (sequence,) = next_numbers([(tenant.pk, series)], on.year)
    return sequence, written(tenant, series, on.year, sequence)


def next_numbers(wanted: Sequence[tuple[int, str]], year: int) -> list[int]:
    """The next numbers for papers of these organisations and series, in this order."""
    counts = Counter(wanted)
    # In one order, so that of two who number papers at once one waits for the other.
    values = [value for key in sorted(counts) for value in (*key, year, counts[key])]
    statement = NEXT.format(rows=", ".join(["(%s, %s, %s, %s)"] * len(counts)))
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        last = {(tenant_id, series): end for tenant_id, series, end in cursor.fetchall()}
    following = {key: count(last[key] - counts[key] + 1) for key in counts}
    return [next(following[key]) for key in wanted]


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
