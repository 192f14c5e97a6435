"""What the papers of billing have in common: whose they are, and who sees them."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.permissions import permissions
from foundation.actors import Actor
from tenants.models import Tenant


class OwnedQuerySet(models.QuerySet[Any]):
    """Staff see all; in an organisation those who answer for its money see its own."""

    def visible_to(self, actor: Actor) -> Self:
        if not permissions.permits(actor, "read_bills"):
            return self.none()
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)


def owner() -> Any:
    return models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )


def currency() -> Any:
    return models.CharField(_("currency"), max_length=3)
