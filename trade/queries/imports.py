"""Imports of an organisation, for the wizard and the home page."""

from __future__ import annotations

from django.db.models import QuerySet

from foundation.actors import Actor
from trade.models import OrderImport
from trade.permissions import permissions


def recent_imports(actor: Actor) -> QuerySet[OrderImport]:
    """Newest first, with what a list shows of them loaded."""
    permissions.require(actor, "see_orders")
    own = OrderImport.objects.visible_to(actor)
    related = ("document", "mapping", "job", "rejected_document", "created_by")
    return own.select_related(*related).order_by("-created_at", "-pk")
