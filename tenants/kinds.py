"""Kinds of organisation and the roles that people have in each."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TenantKind(models.TextChoices):
    OPERATOR = "operator", _("Park operator")
    ENTERPRISE = "enterprise", _("Enterprise")
    START_UP = "start_up", _("Start-up")
    UNIVERSITY = "university", _("University")
    FUNDER = "funder", _("Funder")
    PROVIDER = "provider", _("Service provider")
    # Reads published aggregates only.
    AUTHORITY = "authority", _("Supervising authority")


class Role(models.TextChoices):
    OWNER = "owner", pgettext_lazy("role", "Owner")
    MANAGER = "manager", pgettext_lazy("role", "Manager")
    FINANCE = "finance", pgettext_lazy("role", "Finance")
    OPERATIONS = "operations", pgettext_lazy("role", "Operations")
    COORDINATOR = "coordinator", pgettext_lazy("role", "Coordinator")
    MEMBER = "member", pgettext_lazy("role", "Member")


COMPANY_ROLES = frozenset({Role.OWNER, Role.MANAGER, Role.FINANCE, Role.OPERATIONS, Role.MEMBER})

ROLES_BY_KIND: dict[str, frozenset[str]] = {
    # The operator is itself a university, so its people may also be coordinators.
    TenantKind.OPERATOR: COMPANY_ROLES | {Role.COORDINATOR},
    TenantKind.ENTERPRISE: COMPANY_ROLES,
    TenantKind.START_UP: COMPANY_ROLES,
    TenantKind.UNIVERSITY: frozenset({Role.OWNER, Role.COORDINATOR, Role.MEMBER}),
    TenantKind.FUNDER: COMPANY_ROLES - {Role.OPERATIONS},
    TenantKind.PROVIDER: COMPANY_ROLES,
    TenantKind.AUTHORITY: frozenset({Role.OWNER, Role.MEMBER}),
}


def role_names(roles: Iterable[str]) -> str:
    """``Owner · Finance`` in the reader's language."""
    return " · ".join(str(Role(role).label) for role in roles)
