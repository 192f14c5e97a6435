"""What an organisation's people have been certified, for its page in the staff site."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.sections import Line, Section
from certificates.models import Certificate, CertificateKind
from foundation.actors import Actor
from foundation.home import Destination
from foundation.money import format_number
from tenants.models import Tenant

LIST = "admin:certificates_certificate_changelist"


def section(actor: Actor, tenant: Tenant, now: datetime) -> Section | None:
    own = Certificate.objects.visible_to(actor).filter(tenant=tenant)
    if not own.exists():
        return None
    rows = Destination(LIST, query={"q": tenant.slug})
    today = timezone.localdate(now)
    lines = [
        Line(
            kind.label,
            format_number(own.in_force(today).filter(kind=kind).count()),
            Destination(LIST, query={"q": tenant.slug, "kind__exact": kind.value}),
        )
        for kind in CertificateKind
    ]
    return Section(_("Certificates in force"), lines, to=rows, order=44)
