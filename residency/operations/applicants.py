"""What every operation of an applicant begins with.

An applicant is nobody in person: the link says which application they may touch, and the view
that read it passes the park's own actor. So a signed-in person has no business here.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import NotPermitted, WrongState
from residency.models import Application


def locked(actor: Actor, application: Application) -> Application:
    """The application as it is now, under a lock. Raises NotPermitted for a person or a key."""
    if not actor.is_system:
        raise NotPermitted
    return (
        Application.objects.select_for_update()
        .filter(tenant_id=actor.tenant_id, erased_at=None)
        .get(pk=application.pk)
    )


def refuse_uneditable(application: Application) -> None:
    """Raises WrongState while the park has it, and when it is over."""
    if not application.is_editable:
        raise WrongState(
            _("The application is submitted and cannot be changed now."), code="not_editable"
        )
