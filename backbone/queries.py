"""Reads for the shell and the figures."""

from __future__ import annotations

from backbone.models import Notice
from foundation.actors import Actor


def unread_notices(actor: Actor) -> int:
    """How many notices the person has not read in this organisation: the bell's number."""
    return Notice.objects.visible_to(actor).unread().count()
