"""Tasks of settling in and leaving: what each is, when it opens and which event closes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from backbone.events import Event
from foundation.errors import Sentence
from foundation.home import Destination
from gateway.models import ApiKey
from residency.kinds import ApplicantKind
from residency.models import Agreement, AgreementState, Stay
from tenants.kinds import Role
from tenants.models import Membership

MOVED_IN = "residency.moved_in"
LEAVING = "residency.leaving"
AGREEMENT_SIGNED = "residency.agreement_signed"
COMPANIES = frozenset(set(ApplicantKind.values) - {ApplicantKind.UNIVERSITY})
TRADERS = frozenset(
    {
        ApplicantKind.EXPORTER,
        ApplicantKind.IMPORTER,
        ApplicantKind.START_UP,
        ApplicantKind.LIVESTREAM,
    }
)


def every_event(event: Event) -> bool:
    return True


def never_before(stay: Stay) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class TaskKind:
    """``opened_by`` and ``closed_by`` are kinds of ``backbone.events``.

    Without ``closed_by`` the task is a thing of the real world: the park's staff close it by hand.
    ``counts`` says which of those events closes it, ``is_done`` whether it was done before it
    opened. ``to`` is the page of the portal where the organisation does it; the park's own
    tasks have none.
    """

    code: str
    label: Sentence
    opened_by: str
    # Days after it opened.
    due_days: int
    closed_by: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset(ApplicantKind.values)
    counts: Callable[[Event], bool] = every_event
    is_done: Callable[[Stay], bool] = never_before
    to: Destination | None = None

    @property
    def is_by_hand(self) -> bool:
        return not self.closed_by


def _owner_is_there(stay: Stay) -> bool:
    members = Membership.objects.current().filter(tenant_id=stay.tenant_id)
    return members.filter(roles__contains=[Role.OWNER]).exists()


def _two_are_there(stay: Stay) -> bool:
    return Membership.objects.current().filter(tenant_id=stay.tenant_id).count() > 1


def _key_is_there(stay: Stay) -> bool:
    return ApiKey.objects.filter(tenant_id=stay.tenant_id).exists()


def _agreement_is_there(stay: Stay) -> bool:
    signed = Agreement.objects.filter(state=AgreementState.EFFECTIVE)
    return signed.filter(tenant_id=stay.tenant_id).exists()


KINDS: Mapping[str, TaskKind] = {
    kind.code: kind
    for kind in [
        TaskKind(
            "owner_joined",
            _("The owner accepts the invitation and signs in"),
            MOVED_IN,
            7,
            frozenset({"members.joined"}),
            counts=lambda event: Role.OWNER in event.facts["roles"],
            is_done=_owner_is_there,
        ),
        TaskKind(
            "key_handover",
            _("Keys and access cards are handed over"),
            MOVED_IN,
            3,
            kinds=COMPANIES - {ApplicantKind.ADDRESS},
        ),
        TaskKind(
            "agreement_filed",
            _("The signed agreement is on file"),
            MOVED_IN,
            14,
            frozenset({AGREEMENT_SIGNED}),
            is_done=_agreement_is_there,
            to=Destination("residency:agreements"),
        ),
        TaskKind(
            "second_person",
            _("A second person of the organisation is invited"),
            MOVED_IN,
            14,
            frozenset({"members.invited"}),
            # The first is invited by the park.
            counts=lambda event: not event.facts["by_park"],
            is_done=_two_are_there,
            to=Destination("members:people"),
        ),
        TaskKind(
            "first_data",
            _("First orders imported, or a program connected"),
            MOVED_IN,
            30,
            frozenset({"trade.orders_imported", "gateway.key_made"}),
            kinds=TRADERS,
            is_done=_key_is_there,
            to=Destination("trade:import_new"),
        ),
        TaskKind(
            "address_registered",
            _("The registered address is in the park"),
            MOVED_IN,
            30,
            kinds=COMPANIES,
        ),
        TaskKind("check_in", _("The park asks after one month how it goes"), MOVED_IN, 30),
        # Of leaving. They may stay open after the exit.
        TaskKind(
            "key_return",
            _("Keys and access cards are given back"),
            LEAVING,
            60,
            kinds=COMPANIES - {ApplicantKind.ADDRESS},
        ),
        TaskKind(
            "address_moved",
            _("The registered address is moved out of the park"),
            LEAVING,
            90,
            kinds=COMPANIES,
        ),
    ]
}


def kind_of(code: str) -> TaskKind | None:
    return KINDS.get(code)


def label_of(code: str) -> Sentence:
    kind = KINDS.get(code)
    return kind.label if kind else code


def events() -> frozenset[str]:
    """Every event that opens or closes a task."""
    return frozenset(
        event for kind in KINDS.values() for event in {kind.opened_by, *kind.closed_by}
    )
