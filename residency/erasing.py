"""Personal data of those who did not move in, erased when its time is over."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.operations import delete_document
from backbone.retention import PersonalData, register_personal_data
from foundation.actors import Actor
from residency.models import (
    Application,
    ApplicationDocument,
    ApplicationState,
    FollowUp,
    Lead,
    LeadState,
    Review,
)

# What stays: number, kind, dates, decision and scores, for figures that name nobody.
NOTHING_SAID = {
    "name": "–",
    "name_en": "",
    "registration_number": "",
    "legal_person": "",
    "registered_address": "",
    "business_scope": "",
    "contact_name": "",
    "contact_mobile": "",
    "contact_email": "",
    "return_note": "",
    "decision_reason": "",
    "closing_reason": "",
    "draft": {},
    "details": {},
    "platforms": [],
    "findings": [],
}
NO_NOTE = "–"


def register() -> None:
    register_personal_data(
        PersonalData(
            "residency.applications",
            _("Applications that were declined, withdrawn or never sent"),
            _("from the day they were closed or last opened"),
            erase_applications,
        )
    )
    register_personal_data(
        PersonalData(
            "residency.leads",
            _("Contacts of leads that were lost"),
            _("from the day the lead was lost"),
            erase_leads,
        )
    )


def erase_applications(actor: Actor, before: datetime) -> int:
    """Company, people and files go; how many applied and what was decided stays."""
    closed = Q(state__in=[ApplicationState.REJECTED, ApplicationState.LOST], closed_at__lt=before)
    forgotten = Q(state=ApplicationState.APPLYING, seen_at__lt=before)
    due = Application.objects.filter(closed | forgotten, tenant_id=actor.tenant_id, erased_at=None)
    found = list(due.order_by("pk").select_for_update())
    for application in found:
        _erase_application(actor, application)
    return len(found)


def erase_leads(actor: Actor, before: datetime) -> int:
    """Who it was and how to reach them goes; source, wishes in figures and the reason stay."""
    due = Lead.objects.filter(
        tenant_id=actor.tenant_id, state=LeadState.LOST, closed_at__lt=before, erased_at=None
    )
    keys = list(due.order_by("pk").select_for_update().values_list("pk", flat=True))
    FollowUp.objects.filter(tenant_id=actor.tenant_id, lead__in=keys).update(note=NO_NOTE)
    return Lead.objects.filter(pk__in=keys).update(
        name=NO_NOTE,
        contact_name="",
        contact_mobile="",
        contact_email="",
        source_detail="",
        wishes="",
        lost_note=NO_NOTE,
        erased_at=timezone.now(),
    )


def _erase_application(actor: Actor, application: Application) -> None:
    now = timezone.now()
    _delete_files(actor, now, application)
    for review in Review.objects.filter(application=application).order_by("pk"):
        review.comment, review.conflict = "", NO_NOTE if review.conflict else ""
        review.scores = {code: {**score, "comment": ""} for code, score in review.scores.items()}
        review.save(update_fields=["comment", "conflict", "scores"])
    for name, nothing in NOTHING_SAID.items():
        setattr(application, name, nothing)
    if application.state == ApplicationState.APPLYING:
        application.move_to(ApplicationState.LOST)
        application.closed_at = now
    application.erased_at = now
    application.save()


def _delete_files(actor: Actor, now: datetime, application: Application) -> None:
    """The checklist goes with its files; reasons of marks may name people, too."""
    lines = ApplicationDocument.objects.filter(application=application)
    files = [line.file for line in lines.select_related("file").order_by("pk") if line.file]
    lines.delete()
    if application.minutes is not None:
        files.append(application.minutes)
        application.minutes = None
        application.save(update_fields=["minutes"])
    for file in files:
        delete_document(actor=actor, now=now, document=file)
