"""Fills the certificates of one organisation; part of ``filling.py``."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from certificates.facts import Facts
from certificates.models import Certificate, CertificateKind
from certificates.operations.archives import start_archive
from certificates.operations.ending import revoke
from certificates.operations.issuing import issue
from certificates.operations.recording import record
from foundation.actors import Actor
from tenants.models import Membership, Tenant
from tests.walls.marks import Mark


def fill(mark: Mark, actor: Actor, now: datetime) -> None:
    """One that was revoked, one that another body gave, and one in force, the newest."""
    tenant = Tenant.objects.get(pk=actor.tenant_id)
    # The park issues; here its system does, inside the organisation.
    park = Actor(user_id=None, tenant_id=actor.tenant_id)
    # A member, and the organisation itself, stand for the seats that certificates are for.
    first, second = Membership.objects.filter(tenant=tenant).earliest("pk"), tenant
    old = issue(actor=park, now=now, tenant=tenant, source=first, facts=_facts(mark, now))
    revoke(actor=park, now=now, certificate=old, reason=mark.word("revoked"))
    record(
        actor=park,
        now=now,
        tenant=tenant,
        kind=CertificateKind.VOCATIONAL,
        given_number=mark.word("gno"),
        holder_name=mark.word("holder"),
        course_zh=mark.word("course"),
        issuer_zh=mark.word("issuer"),
        issued_on=timezone.localdate(now),
    )
    made = issue(actor=park, now=now, tenant=tenant, source=second, facts=_facts(mark, now))
    assert Certificate.objects.filter(tenant=tenant).latest("pk") == made
    wanted = {"q": mark.word("holder"), "language": "en"}
    start_archive(actor=actor, now=now, wanted=wanted)


def _facts(mark: Mark, now: datetime) -> Facts:
    today = timezone.localdate(now)
    return Facts(
        holder_name=mark.word("holder"),
        holder_latin_name=mark.word("holderlatin"),
        holder_id=mark.word("holderid"),
        course_zh=mark.word("course"),
        course_en=mark.word("courseen"),
        minutes=960,
        minutes_per_hour=45,
        started_on=today - timedelta(days=3),
        ended_on=today,
        grade=mark.word("grade"),
        issuer_zh=mark.word("issuer"),
        issuer_en=mark.word("issueren"),
        issued_on=today,
        rule={"attendance_percent": mark.word("rule")},
        evidence={"minutes": mark.word("evidence")},
    )
