"""Issuing what the park itself certifies, one by one or for a whole course."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from certificates.facts import Facts
from certificates.models import Certificate, CertificateKind, CertificateState
from certificates.numbers import new_number
from certificates.permissions import permissions
from foundation.actors import Actor
from foundation.errors import DomainError, Sentence
from foundation.operations import operation
from tenants.models import Tenant

REVOKED_BEFORE = _("Its certificate was revoked, and what was revoked is not issued again.")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may get a certificate: for which row, with which facts, or why not."""

    tenant: Tenant
    source: Model
    facts: Facts
    refusal: Sentence = ""


class Outcome(StrEnum):
    NEW = "new"
    THERE = "there"
    REVOKED = "revoked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Planned:
    candidate: Candidate
    outcome: Outcome
    certificate: Certificate | None = None


@operation
def issue(
    *, actor: Actor, now: datetime, tenant: Tenant, source: Model, facts: Facts
) -> Certificate:
    """Certify ``facts`` to a person of ``tenant``, once for each ``source``, a saved row of the
    calling app, which has seen to it that its rule is kept.

    Called again it gives the certificate that is there. Raises NotPermitted, and DomainError
    ``revoked_before`` where the last one of this source was revoked, or the constraint's code for
    facts that cannot be.
    """
    permissions.require(actor, "issue_certificates")
    planned = plan([Candidate(tenant, source, facts)])[0]
    if planned.certificate is not None and planned.outcome == Outcome.THERE:
        return planned.certificate
    if planned.outcome == Outcome.REVOKED:
        raise DomainError(REVOKED_BEFORE, code="revoked_before")
    return _issued(actor, now, planned.candidate)


def plan(candidates: Iterable[Candidate]) -> list[Planned]:
    """What issuing them would do, by what is there now; nothing is written."""
    found = list(candidates)
    known = _known(found)
    return [_planned(each, known.get(_key(each))) for each in found]


@operation
def issue_in_bulk(*, actor: Actor, now: datetime, candidates: Iterable[Candidate]) -> list[Planned]:
    """Issue all that are new, and tell of each what became of it; one that cannot be written ends
    all of them. Raises NotPermitted, DomainError."""
    permissions.require(actor, "issue_certificates")
    return [_carried_out(actor, now, each) for each in plan(candidates)]


def _carried_out(actor: Actor, now: datetime, planned: Planned) -> Planned:
    if planned.outcome != Outcome.NEW:
        return planned
    made = _issued(actor, now, planned.candidate)
    return Planned(planned.candidate, Outcome.NEW, made)


def _planned(candidate: Candidate, last: Certificate | None) -> Planned:
    if last is not None:
        is_over = last.state == CertificateState.REVOKED
        return Planned(candidate, Outcome.REVOKED if is_over else Outcome.THERE, last)
    return Planned(candidate, Outcome.REFUSED if candidate.refusal else Outcome.NEW)


def _known(candidates: list[Candidate]) -> dict[tuple[int, str, int], Certificate]:
    """Of each source the newest certificate, whatever has become of it."""
    wanted = Q(pk__in=[])
    for tenant_id, label in {_key(each)[:2] for each in candidates}:
        keys = [key for each in candidates if (key := each.source.pk) and _key(each)[:2] == (tenant_id, label)]  # fmt: skip
        wanted |= Q(tenant_id=tenant_id, source_type=label, source_id__in=keys)
    rows = Certificate.objects.filter(wanted).order_by("pk")
    return {(row.tenant_id, row.source_type, row.source_id or 0): row for row in rows}


def _key(candidate: Candidate) -> tuple[int, str, int]:
    source = candidate.source
    return candidate.tenant.pk, source._meta.label_lower, source.pk


def _issued(actor: Actor, now: datetime, candidate: Candidate) -> Certificate:
    tenant_id, source_type, source_id = _key(candidate)
    return Certificate.objects.create(
        **asdict(candidate.facts),
        tenant_id=tenant_id,
        source_type=source_type,
        source_id=source_id,
        kind=CertificateKind.TRAINING,
        number=new_number(candidate.facts.issued_on),
        recorded_at=now,
        recorded_by_id=actor.user_id,
    )
