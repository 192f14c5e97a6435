"""Writing down what others have certified: a qualification, or a university's certificate."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.models import Certificate, CertificateKind
from certificates.permissions import permissions
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput
from foundation.operations import operation
from tenants.kinds import TenantKind
from tenants.models import Tenant

ACTIONS = {
    CertificateKind.VOCATIONAL: "record_qualifications",
    CertificateKind.UNIVERSITY: "record_university_numbers",
}


@operation
def record(
    *,
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    kind: str,
    given_number: str,
    holder_name: str,
    course_zh: str,
    issued_on: date,
    issuer_zh: str = "",
    issuer_en: str = "",
    holder_latin_name: str = "",
    course_en: str = "",
    grade: str = "",
    expires_on: date | None = None,
) -> Certificate:
    """Write down what a body outside the park has certified, under that body's own number.

    Of a university's certificate the issuer is the university. Raises NotPermitted, also for
    another organisation's people; InvalidInput for a kind that is issued and not recorded, and
    for a day in the future; DomainError ``certificate_given_number_once``, ``not_a_university``.
    """
    if kind not in ACTIONS:
        raise InvalidInput(
            fields={"kind": _("A training certificate is issued by the park itself.")}
        )
    action = ACTIONS[CertificateKind(kind)]
    permissions.require(actor, action)
    if not actor.is_staff and tenant.pk != actor.tenant_id:
        permissions.refuse(actor, action)
    if issued_on > timezone.localdate(now):
        raise InvalidInput(fields={"issued_on": _("This day is in the future.")})
    if kind == CertificateKind.UNIVERSITY:
        issuer_zh, issuer_en = _university(tenant)
    return Certificate.objects.create(
        tenant=tenant,
        kind=kind,
        given_number=given_number.strip(),
        holder_name=holder_name.strip(),
        holder_latin_name=holder_latin_name.strip(),
        course_zh=course_zh.strip(),
        course_en=course_en.strip(),
        grade=grade.strip(),
        issuer_zh=issuer_zh.strip(),
        issuer_en=issuer_en.strip(),
        issued_on=issued_on,
        expires_on=expires_on,
        recorded_at=now,
        recorded_by_id=actor.user_id,
    )


def _university(tenant: Tenant) -> tuple[str, str]:
    if tenant.kind not in (TenantKind.UNIVERSITY, TenantKind.OPERATOR):
        raise DomainError(
            _("Only a university gives such a number. Choose the holder's university."),
            code="not_a_university",
        )
    return tenant.name, tenant.name_en
