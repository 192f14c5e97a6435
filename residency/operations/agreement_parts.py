"""Parties of an agreement, what they promised, and how far it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import InvalidInput, NotPermitted, WrongState
from foundation.operations import operation
from residency.models import Agreement, AgreementParty, AgreementState, Commitment
from residency.operations.agreements import lock, lock_draft
from residency.permissions import permissions

Side = AgreementParty.Side
CONTACT = ["contact_name", "contact_mobile", "contact_email"]
PARTY = ["name", "name_en", "signatory", "signatory_title", *CONTACT]
OVER = _("The agreement is over.")


@operation
def add_party(
    *, actor: Actor, now: datetime, agreement: Agreement, **values: Any
) -> AgreementParty:
    """A further party beside the park and the organisation.

    Raises NotPermitted, WrongState unless it is a draft, DomainError ``agreement_party_once``.
    """
    permissions.require(actor, "manage_agreements")
    locked = lock_draft(actor, agreement)
    known = {name: values[name] for name in PARTY if name in values}
    return AgreementParty.objects.create(
        tenant_id=locked.tenant_id, agreement=locked, side=Side.THIRD, **known
    )


@operation
def change_party(
    *, actor: Actor, now: datetime, party: AgreementParty, **values: Any
) -> AgreementParty:
    """Names and who signs while it is a draft, whom to call at any time until it is over.

    Raises NotPermitted, WrongState.
    """
    permissions.require(actor, "manage_agreements")
    agreement = lock(actor, party.agreement)
    known = {name: values[name] for name in PARTY if name in values}
    changed = {name for name, value in known.items() if value != getattr(party, name)}
    if agreement.is_over or (agreement.state != AgreementState.DRAFT and changed - {*CONTACT}):
        raise WrongState(
            _("Once it is final only the contact person is changed."), code="not_a_draft"
        )
    for name, value in known.items():
        setattr(party, name, value)
    party.save(update_fields=PARTY)
    return party


@operation
def remove_party(*, actor: Actor, now: datetime, party: AgreementParty) -> None:
    """Take a further party out of a draft, with what it promised.

    Raises NotPermitted, WrongState unless it is a draft, InvalidInput for the park and the
    organisation, which every agreement has.
    """
    permissions.require(actor, "manage_agreements")
    lock_draft(actor, party.agreement)
    if party.side != Side.THIRD:
        raise InvalidInput(_("The park and the organisation stay."), code="party_stays")
    party.commitments.all().delete()
    party.delete()


@operation
def add_commitment(
    *,
    actor: Actor,
    now: datetime,
    party: AgreementParty,
    text: str,
    owner_name: str,
    due_on: date,
) -> Commitment:
    """What a party promises. Raises NotPermitted, WrongState once the agreement is over, and
    InvalidInput when it is due before the agreement begins."""
    permissions.require(actor, "manage_agreements")
    agreement = lock(actor, party.agreement)
    if agreement.is_over:
        raise WrongState(OVER, code="agreement_over")
    _check_due(agreement, due_on)
    return Commitment.objects.create(
        tenant_id=agreement.tenant_id,
        agreement=agreement,
        party=party,
        text=text,
        owner_name=owner_name,
        due_on=due_on,
        changed_at=now,
    )


@operation
def change_commitment(
    *,
    actor: Actor,
    now: datetime,
    commitment: Commitment,
    text: str,
    owner_name: str,
    due_on: date,
) -> Commitment:
    """The words while it is a draft; who sees to it and until when at any time before its end.

    Raises as add_commitment does.
    """
    permissions.require(actor, "manage_agreements")
    agreement = lock(actor, commitment.agreement)
    if agreement.is_over:
        raise WrongState(OVER, code="agreement_over")
    if agreement.state != AgreementState.DRAFT and text != commitment.text:
        raise WrongState(
            _("What was promised in a final agreement keeps its words."), code="not_a_draft"
        )
    _check_due(agreement, due_on)
    commitment.text, commitment.owner_name, commitment.due_on = text, owner_name, due_on
    commitment.save(update_fields=["text", "owner_name", "due_on"])
    return commitment


@operation
def remove_commitment(*, actor: Actor, now: datetime, commitment: Commitment) -> None:
    """Take a promise out of a draft. Raises NotPermitted, WrongState unless it is a draft."""
    permissions.require(actor, "manage_agreements")
    lock_draft(actor, commitment.agreement)
    commitment.delete()


@operation
def tell_progress(
    *, actor: Actor, now: datetime, commitment: Commitment, progress: int, note: str
) -> Commitment:
    """How far it is, in percent, with a note. An organisation tells of what it promised itself.

    Raises NotPermitted, WrongState unless the agreement is in force, and InvalidInput without a
    note: a figure alone tells nobody what was done.
    """
    permissions.require(actor, "tell_progress")
    visible = Commitment.objects.visible_to(actor).select_for_update(of=("self",))
    locked = visible.select_related("agreement", "party").get(pk=commitment.pk)
    if not actor.is_staff and locked.party.side != Side.ORGANISATION:
        raise NotPermitted(_("The party that promised it tells how far it is."))
    if locked.agreement.state != AgreementState.EFFECTIVE:
        raise WrongState
    if not note.strip():
        raise InvalidInput(fields={"note": _("Say in a few words what was done.")})
    locked.progress, locked.note, locked.changed_at = progress, note, now
    locked.save(update_fields=["progress", "note", "changed_at"])
    return locked


def _check_due(agreement: Agreement, due_on: date) -> None:
    if due_on < agreement.starts_on:
        raise InvalidInput(fields={"due_on": _("This is before the agreement begins.")})
