"""Consent: given by the learner or declared for them, taken back, asked for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from backbone.operations import enqueue
from foundation.actors import Actor
from foundation.errors import DomainError, WrongState
from foundation.operations import operation
from learners.consent_text import CURRENT
from learners.mail import KIND
from learners.models import Consent, ConsentWay, Learner
from learners.rules import locked, require_keeper, require_kept

PAUSE = timedelta(minutes=5)


@operation
def give_consent(*, actor: Actor, now: datetime, learner: Learner, version: str) -> Consent:
    """The learner's own, by whoever holds the personal link; no role is asked for.

    Raises DomainError ``text_changed`` where another version was read than the present one,
    WrongState for a learner who left or is erased, ``learner_consent_once`` where it is given.
    """
    own = locked(actor, learner)
    _require_active(own)
    if version != CURRENT:
        raise DomainError(
            _("The text has changed since you opened this page. Read it again."),
            code="text_changed",
        )
    return _record(own, now, ConsentWay.OWN)


@operation
def declare_consent(*, actor: Actor, now: datetime, learner: Learner) -> Consent:
    """The university declares that the learner agreed to the present text, on paper for instance.

    Raises NotPermitted, WrongState for a learner who left, DomainError ``learner_consent_once``,
    and ``withdrawn`` where the learner took it back: then only they can give it again.
    """
    require_keeper(actor)
    own = locked(actor, learner)
    _require_active(own)
    if own.consents.filter(withdrawn_at__isnull=False).exists():
        raise DomainError(
            _("This learner took the consent back. Only they can give it again, by their link."),
            code="withdrawn",
        )
    return _record(own, now, ConsentWay.DECLARED, declared_by_id=actor.user_id)


@operation
def withdraw_consent(*, actor: Actor, now: datetime, learner: Learner, own_wish: bool) -> Consent:
    """Take it back: by the personal link with ``own_wish``, else recorded by the university.

    Raises NotPermitted (without ``own_wish``), WrongState where no consent is in force.
    """
    if not own_wish:
        require_keeper(actor)
    own = locked(actor, learner)
    given = own.consents.in_force().first()
    if given is None:
        raise WrongState(_("There is no consent to take back."), code="no_consent")
    given.withdrawn_at = now
    given.withdrawal_recorded_by_id = None if own_wish else actor.user_id
    given.save(update_fields=["withdrawn_at", "withdrawal_recorded_by"])
    return given


@operation
def send_link(*, actor: Actor, now: datetime, learner: Learner) -> Learner:
    """Mail the personal link. Raises NotPermitted, WrongState without an address, for who left
    and while the last mail is fresh."""
    require_keeper(actor)
    own = locked(actor, learner)
    _require_active(own)
    if not own.email:
        raise WrongState(_("No e-mail address is known. Copy the text instead."), code="no_address")
    if own.asked_at is not None and now - own.asked_at < PAUSE:
        raise WrongState(_("It was sent a moment ago. Give the mail a few minutes."), code="fresh")
    own.asked_at = now
    own.save(update_fields=["asked_at"])
    enqueue(
        actor=actor,
        now=now,
        kind=KIND,
        payload={"learner_id": own.pk, "nonce": own.link_nonce},
        key=f"learner-link:{own.pk}:{now.timestamp():.0f}",
    )
    return own


@operation
def renew_link(*, actor: Actor, now: datetime, learner: Learner) -> Learner:
    """A new personal link; every one given out before stops working. Raises NotPermitted,
    WrongState once the personal data is erased."""
    require_keeper(actor)
    own = locked(actor, learner)
    require_kept(own)
    own.renew_link()
    own.save(update_fields=["link_nonce"])
    return own


def _require_active(learner: Learner) -> None:
    if not learner.is_active:
        raise WrongState(_("This learner has left the university."), code="left")


def _record(
    learner: Learner, now: datetime, way: ConsentWay, declared_by_id: int | None = None
) -> Consent:
    return Consent.objects.create(
        tenant_id=learner.tenant_id,
        learner=learner,
        version=CURRENT,
        way=way,
        given_at=now,
        declared_by_id=declared_by_id,
    )
