"""The people of an organisation, for its page in the staff site."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.sections import Line, Section
from foundation.actors import Actor
from foundation.home import Destination
from foundation.money import NOTHING, format_number
from members.models import Invitation
from tenants.kinds import Role
from tenants.models import Membership, Tenant


def section(actor: Actor, tenant: Tenant, now: datetime) -> Section:
    current = Membership.objects.filter(tenant=tenant).current()
    owners = current.filter(roles__contains=[Role.OWNER]).select_related("user").order_by("pk")
    waiting = Invitation.objects.filter(tenant=tenant).unanswered().count()
    people = Destination("admin:tenants_membership_changelist", query={"q": tenant.name})
    invited = Destination("admin:members_invitation_changelist", query={"q": tenant.slug})
    names = [str(owner.user) for owner in owners]
    return Section(
        _("People"),
        [
            Line(_("Owners"), ", ".join(names) or NOTHING, people, warning=not names),
            Line(_("Members"), format_number(current.count()), people),
            Line(_("Unanswered invitations"), format_number(waiting), invited),
        ],
        to=people,
        order=30,
    )
