"""Reads of certificates: the list with its filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from certificates.models import EXPIRED, Certificate, CertificateQuerySet, CertificateState
from certificates.numbers import MistypedNumber, NotANumber, read_number
from foundation.actors import Actor


@dataclass(frozen=True, slots=True)
class CertificateFilter:
    """Empty values narrow nothing. ``state`` may be ``expired``, which no row stores."""

    q: str = ""
    kind: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None


def filtered(actor: Actor, wanted: CertificateFilter, on: date) -> CertificateQuerySet:
    """All that match, for pages, counts and archives alike."""
    found = Certificate.objects.visible_to(actor)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.state:
        found = _in_state(found, wanted.state, on)
    if wanted.since:
        found = found.filter(issued_on__gte=wanted.since)
    if wanted.until:
        found = found.filter(issued_on__lte=wanted.until)
    if q := " ".join(wanted.q.split()):
        found = found.filter(_matches(q))
    return found


def _in_state(found: CertificateQuerySet, state: str, on: date) -> CertificateQuerySet:
    if state == EXPIRED:
        return found.filter(state=CertificateState.ISSUED, expires_on__lt=on)
    return found.in_force(on) if state == CertificateState.ISSUED else found.filter(state=state)


def _matches(q: str) -> Q:
    by_words = (
        Q(holder_name__icontains=q)
        | Q(holder_latin_name__icontains=q)
        | Q(course_zh__icontains=q)
        | Q(course_en__icontains=q)
        | Q(given_number=q)
    )
    try:
        return by_words | Q(number=read_number(q))
    except (NotANumber, MistypedNumber):
        return by_words
