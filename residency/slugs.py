"""A short address for an organisation that has none yet: proposed, then edited by people."""

from __future__ import annotations

import re

from django.utils.text import slugify

from tenants.models import Tenant

LEGAL_FORMS = re.compile(
    r"\b(co|company|corp|corporation|inc|limited|llc|ltd|plc)\b\.?", re.IGNORECASE
)
# Domains of which half the country has an address.
SHARED_DOMAINS = {
    "163",
    "126",
    "139",
    "189",
    "qq",
    "sina",
    "foxmail",
    "outlook",
    "gmail",
    "hotmail",
}
LONGEST = 40


def propose_slug(*, name_en: str, email: str) -> str:
    """From the English name, else from the domain of the address; "" where neither says anything.

    Chinese characters are not turned into letters: which of several readings a name has, its
    people know.
    """
    stem = slugify(LEGAL_FORMS.sub("", name_en)) or _domain(email)
    stem = stem[:LONGEST].strip("-")
    return _free(stem) if stem else ""


def _domain(email: str) -> str:
    first = email.rpartition("@")[2].partition(".")[0].lower()
    return "" if first in SHARED_DOMAINS else slugify(first)


def _free(stem: str) -> str:
    """The stem, with the first number behind it that is not taken."""
    taken = set(Tenant.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    if stem not in taken:
        return stem
    return next(f"{stem}-{n}" for n in range(2, len(taken) + 3) if f"{stem}-{n}" not in taken)
