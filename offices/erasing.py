"""Names of who presented, erased when their time is over."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.retention import PersonalData, register_personal_data
from foundation.actors import Actor
from offices.models import StudioCard


def register() -> None:
    register_personal_data(
        PersonalData(
            "offices.presenters",
            _("Presenters of live sessions"),
            _("from the end of the session"),
            erase_presenters,
        )
    )


def erase_presenters(actor: Actor, before: datetime) -> int:
    """Who presented goes; that an intern or a hired presenter did stays, for figures."""
    due = StudioCard.objects.filter(tenant_id=actor.tenant_id, booking__ends_at__lt=before)
    return due.exclude(presenter="").update(presenter="")
