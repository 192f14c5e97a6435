"""What others have certified to the demo's learners; the park's own come from its training centre."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from certificates.models import Certificate, CertificateKind
from certificates.operations.recording import record
from foundation.actors import Actor
from tenants.isolation.context import STAFF, Identity, enter
from tenants.kinds import TenantKind
from tenants.models import Tenant

# (kind, number of the issuer, holder, course, issuer, days ago)
RECORDED: list[tuple[str, str, str, str, str, int]] = [
    (CertificateKind.VOCATIONAL, "S0001200261003", "王子轩", "电子商务师（三级）", "人力资源和社会保障局", 40),
    (CertificateKind.VOCATIONAL, "S0001200261017", "李雨桐", "互联网营销师（四级）", "人力资源和社会保障局", 25),
    (CertificateKind.UNIVERSITY, "HJ-2026-0188", "张浩然", "跨境电商微专业", "", 15),
]  # fmt: skip


def seed(now: datetime) -> bool:
    """For the first university; False when they are there."""
    with enter(Identity(STAFF)):
        if Certificate.objects.exclude(kind=CertificateKind.TRAINING).exists():
            return False
        park = Tenant.objects.operator()
        university = Tenant.objects.filter(kind=TenantKind.UNIVERSITY).earliest("pk")
    staff = Actor(user_id=None, tenant_id=park.pk, is_staff=True)
    with enter(Identity(STAFF, park.pk)):
        for kind, number, holder, course, issuer, days in RECORDED:
            record(
                actor=staff,
                now=now,
                tenant=university,
                kind=kind,
                given_number=number,
                holder_name=holder,
                course_zh=course,
                issuer_zh=issuer,
                issued_on=timezone.localdate(now) - timedelta(days=days),
            )
    return True
