"""The way of an agreement: draft, awaiting signature, in force, ended; its renewal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.events import publish
from backbone.models import Job
from backbone.operations import start_job
from backbone.sentences import AS_WRITTEN
from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.home import Destination
from foundation.operations import operation
from residency.answering import tell_leads
from residency.models import Agreement, AgreementParty, AgreementState
from residency.numbers import new_number
from residency.operations import admitting
from residency.permissions import permissions
from residency.spans import next_term
from residency.tasks import AGREEMENT_SIGNED
from tenants.models import Tenant

PAPER = "residency.agreement_pdf"
Side = AgreementParty.Side
NOT_IN_DRAFT = _("Only a draft is changed. Take the agreement back to the draft first.")


@operation
def draft_agreement(
    *,
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    kind: str,
    title: str,
    scope: str,
    starts_on: date,
    ends_on: date,
    title_en: str = "",
    scope_en: str = "",
) -> Agreement:
    """A new draft between the park and the organisation, the two parties by their names.

    Raises NotPermitted, and DomainError ``agreement_span`` when it ends before it begins.
    """
    permissions.require(actor, "manage_agreements")
    agreement = Agreement.objects.create(
        tenant=tenant,
        kind=kind,
        number=new_number("G", now),
        title=title,
        title_en=title_en,
        scope=scope,
        scope_en=scope_en,
        starts_on=starts_on,
        ends_on=ends_on,
        created_by_id=actor.user_id,
        created_at=now,
    )
    for side, named in [(Side.PARK, Tenant.objects.operator()), (Side.ORGANISATION, tenant)]:
        AgreementParty.objects.create(
            tenant=tenant, agreement=agreement, side=side, name=named.name, name_en=named.name_en
        )
    return agreement


@operation
def change_draft(*, actor: Actor, now: datetime, agreement: Agreement, **text: Any) -> Agreement:
    """Change titles, scope and term of a draft. Raises NotPermitted, WrongState."""
    permissions.require(actor, "manage_agreements")
    locked = lock_draft(actor, agreement)
    for name in ("title", "title_en", "scope", "scope_en", "starts_on", "ends_on"):
        setattr(locked, name, text.get(name, getattr(locked, name)))
    locked.save()
    return locked


@operation
def send_for_signature(*, actor: Actor, now: datetime, agreement: Agreement) -> Agreement:
    """The draft is final: its PDF is made by a job, then the organisation is told.

    Raises NotPermitted, WrongState, and InvalidInput while nobody is named who signs for the
    park or the organisation.
    """
    permissions.require(actor, "manage_agreements")
    locked = lock(actor, agreement)
    signs = [Side.PARK, Side.ORGANISATION]
    if locked.parties.filter(side__in=signs, signatory="").exists():
        raise InvalidInput(
            _("Say who signs for the park and who for the organisation."), code="no_signatory"
        )
    locked.move_to(AgreementState.AWAITING)
    locked.save(update_fields=["state"])
    make_paper(actor=actor, now=now, agreement=locked)
    return locked


@operation
def make_paper(*, actor: Actor, now: datetime, agreement: Agreement) -> Job:
    """Queue the PDF of an agreement that waits for it. Raises NotPermitted, WrongState."""
    permissions.require(actor, "manage_agreements")
    locked = lock(actor, agreement)
    if locked.state != AgreementState.AWAITING or locked.document_id is not None:
        raise WrongState
    payload = {"agreement_id": locked.pk, "organisation_id": locked.tenant_id}
    return start_job(actor=actor, now=now, kind=PAPER, payload=payload)


@operation
def take_back(*, actor: Actor, now: datetime, agreement: Agreement) -> Agreement:
    """Back to the draft; the PDF is made anew when it is final again.

    Raises NotPermitted, WrongState also while a signed copy waits to be looked at.
    """
    permissions.require(actor, "manage_agreements")
    locked = lock(actor, agreement)
    if locked.signed_copy_id is not None:
        raise WrongState(_("A signed copy is there. Accept or refuse it first."), code="has_copy")
    locked.move_to(AgreementState.DRAFT)
    locked.document = None
    locked.save(update_fields=["state", "document"])
    return locked


@operation
def bring_into_force(
    *, actor: Actor, now: datetime, agreement: Agreement, signed_on: date
) -> Agreement:
    """Accept the signed copy: the agreement is in force, and what follows from it happens.

    An application that waited for it is signed; a renewal moves the last day of the stay. Raises
    NotPermitted, WrongState, InvalidInput for a day of signing in the future, and DomainError
    ``agreement_in_force_is_signed`` without a signed copy.
    """
    permissions.require(actor, "manage_agreements")
    locked = lock(actor, agreement)
    if signed_on > timezone.localdate(now):
        raise InvalidInput(fields={"signed_on": _("This day is in the future.")})
    locked.move_to(AgreementState.EFFECTIVE)
    locked.signed_on, locked.copy_refusal = signed_on, ""
    locked.save(update_fields=["state", "signed_on", "copy_refusal"])
    admitting.agreement_signed(actor=actor, now=now, agreement=locked)
    publish(
        actor=actor, now=now, kind=AGREEMENT_SIGNED, tenant_id=locked.tenant_id,
        agreement_id=locked.pk,
    )  # fmt: skip
    tell(actor, now, locked, "in_force", _("The agreement “%(title)s” is in force"))
    return locked


@operation
def end_agreement(
    *, actor: Actor, now: datetime, agreement: Agreement, closed_on: date, reason: str
) -> Agreement:
    """It is over. Raises NotPermitted, WrongState, InvalidInput for a day before it began or in
    the future, and DomainError ``agreement_closed_says_why`` without a reason."""
    permissions.require(actor, "manage_agreements")
    locked = lock(actor, agreement)
    if not locked.starts_on <= closed_on <= timezone.localdate(now):
        raise InvalidInput(fields={"closed_on": _("Give a day between its first day and today.")})
    _close(locked, AgreementState.ENDED, closed_on, reason)
    tell(actor, now, locked, "ended", _("The agreement “%(title)s” has ended"), reason)
    return locked


@operation
def void_agreement(*, actor: Actor, now: datetime, agreement: Agreement, reason: str) -> Agreement:
    """It will never be signed; an application that waited for it is an offer again.

    Raises NotPermitted, WrongState, DomainError ``agreement_closed_says_why`` without a reason.
    """
    permissions.require(actor, "manage_agreements")
    locked = lock(actor, agreement)
    was_seen = locked.state == AgreementState.AWAITING
    _close(locked, AgreementState.VOID, timezone.localdate(now), reason)
    admitting.agreement_void(actor=actor, now=now, agreement=locked)
    if was_seen:
        tell(actor, now, locked, "void", _("The agreement “%(title)s” is void"), reason)
    return locked


@operation
def renew_agreement(*, actor: Actor, now: datetime, agreement: Agreement) -> Agreement:
    """A draft of the term after this one, as long as it, with the same words and parties.

    What was promised is not copied: the new term has promises of its own. Raises NotPermitted,
    WrongState unless the agreement is in force or ended, and DomainError
    ``agreement_renewed_once`` when a renewal is there.
    """
    permissions.require(actor, "manage_agreements")
    locked = lock(actor, agreement)
    if locked.state not in (AgreementState.EFFECTIVE, AgreementState.ENDED):
        raise WrongState
    parties = list(locked.parties.all())
    starts_on, ends_on = next_term(locked.starts_on, locked.ends_on)
    renewal = Agreement.objects.create(
        tenant_id=locked.tenant_id,
        kind=locked.kind,
        number=new_number("G", now),
        title=locked.title,
        title_en=locked.title_en,
        scope=locked.scope,
        scope_en=locked.scope_en,
        starts_on=starts_on,
        ends_on=ends_on,
        previous=locked,
        created_by_id=actor.user_id,
        created_at=now,
    )
    for party in parties:
        party.pk, party.agreement, party._state.adding = None, renewal, True
        party.save(force_insert=True)
    return renewal


def lock(actor: Actor, agreement: Agreement) -> Agreement:
    visible = Agreement.objects.visible_to(actor).select_for_update(of=("self",))
    return visible.select_related("tenant").get(pk=agreement.pk)


def lock_draft(actor: Actor, agreement: Agreement) -> Agreement:
    locked = lock(actor, agreement)
    if locked.state != AgreementState.DRAFT:
        raise WrongState(NOT_IN_DRAFT, code="not_a_draft")
    return locked


def tell(
    actor: Actor, now: datetime, agreement: Agreement, what: str, title: Any, reason: str = ""
) -> None:
    """Tell the organisation's leads, once for each step and what it was about."""
    tell_leads(
        actor=actor,
        now=now,
        tenant=agreement.tenant,
        kind=f"residency.agreement_{what}",
        title=title,
        body=AS_WRITTEN if reason else "",
        params={"title": agreement.readers_title, "words": reason},
        to=Destination("residency:agreement", {"pk": agreement.pk}),
        key=f"agreement:{agreement.pk}:{what}:{now.timestamp():.0f}",
    )


def _close(agreement: Agreement, state: str, on: date, reason: str) -> None:
    agreement.move_to(state)
    agreement.closed_on, agreement.closing_reason = on, reason
    agreement.save(update_fields=["state", "closed_on", "closing_reason"])
