"""What other apps ask the register: standing, the page of an organisation, personal data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.clearance import ClearanceItem
from backbone.retention import PersonalData
from backbone.sections import Line, Section
from foundation.actors import Actor
from foundation.home import Destination
from foundation.money import format_number
from learners.models import Learner
from learners.permissions import permissions
from tenants.models import Tenant

CONTACTS, PERSONS = "learners.contacts", "learners.persons"
PEOPLE = 30
LIST = "admin:learners_learner_changelist"


def still_learning(tenant: Tenant, now: datetime) -> Iterable[ClearanceItem]:
    """Learners who are still here: a warning, for their record stays with them."""
    count = Learner.objects.filter(tenant_id=tenant.pk).active().count()
    if not count:
        return
    yield ClearanceItem(
        code="active_learners",
        sentence=_("Active learners in the register: %(count)s. Their records stay."),
        params={"count": count},
        blocking=False,
        to=Destination("learners:learners"),
        staff_to=Destination(LIST, query=_of(tenant)),
    )


def section(actor: Actor, tenant: Tenant, now: datetime) -> Section | None:
    """How many there are and how many are without consent; nothing where there is none."""
    if not permissions.permits(actor, "see_learners"):
        return None
    own = Learner.objects.filter(tenant_id=tenant.pk)
    if not own.exists():
        return None
    missing = own.without_consent().count()
    here, gone = _of(tenant) | {"state__exact": "active"}, _of(tenant) | {"state__exact": "left"}
    return Section(
        title=_("Learners"),
        lines=[
            Line(_("Active"), format_number(own.active().count()), Destination(LIST, query=here)),
            Line(
                _("Without consent"),
                format_number(missing),
                Destination(LIST, query=here | {"consent": "none"}),
                warning=bool(missing),
            ),
            Line(
                _("Left"),
                format_number(own.filter(state="left").count()),
                Destination(LIST, query=gone),
            ),
        ],
        to=Destination(LIST, query=_of(tenant)),
        order=PEOPLE,
    )


def personal_data() -> list[PersonalData]:
    from_leaving = _("the day the learner left the university")
    return [
        PersonalData(
            CONTACTS,
            _("Mobile numbers and e-mail addresses of learners who left"),
            from_leaving,
            _erase_contacts,
        ),
        PersonalData(
            PERSONS, _("Names and student numbers of learners who left"), from_leaving, _erase_due
        ),
    ]


def _erase_contacts(actor: Actor, before: datetime) -> int:
    from learners.operations import erase_contacts

    return erase_contacts(actor=actor, now=before)


def _erase_due(actor: Actor, before: datetime) -> int:
    from learners.operations import erase_due

    return erase_due(actor=actor, now=before)


def _of(tenant: Tenant) -> dict[str, str]:
    return {"tenant__id__exact": str(tenant.pk)}
