"""Kinds of applicant, which kind of organisation each becomes, and what each is asked besides."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from tenants.kinds import TenantKind


class ApplicantKind(models.TextChoices):
    EXPORTER = "exporter", pgettext_lazy("applicant", "Exporter")
    IMPORTER = "importer", pgettext_lazy("applicant", "Importer")
    START_UP = "start_up", pgettext_lazy("applicant", "Start-up team")
    LIVESTREAM = "livestream", pgettext_lazy("applicant", "Live-stream agency")
    PROVIDER = "provider", pgettext_lazy("applicant", "Service provider")
    ADDRESS = "address", pgettext_lazy("applicant", "Registered address only")
    UNIVERSITY = "university", pgettext_lazy("applicant", "University")


BECOMES: dict[str, TenantKind] = {
    ApplicantKind.EXPORTER: TenantKind.ENTERPRISE,
    ApplicantKind.IMPORTER: TenantKind.ENTERPRISE,
    ApplicantKind.START_UP: TenantKind.START_UP,
    ApplicantKind.LIVESTREAM: TenantKind.ENTERPRISE,
    ApplicantKind.PROVIDER: TenantKind.PROVIDER,
    ApplicantKind.ADDRESS: TenantKind.ENTERPRISE,
    ApplicantKind.UNIVERSITY: TenantKind.UNIVERSITY,
}

# Of the questions that each kind is asked besides; an application keeps the one it began with.
FORM_VERSION = 1
