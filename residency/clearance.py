"""What agreements, commitments and tasks mean for an organisation that leaves the park."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.clearance import ClearanceItem
from foundation.errors import Sentence
from foundation.home import Destination
from foundation.refs import ref_of
from residency.models import (
    Agreement,
    AgreementKind,
    AgreementParty,
    AgreementState,
    Commitment,
    Task,
)
from residency.tasks import label_of
from tenants.models import Tenant

# A memorandum of understanding binds no room and no equipment and may outlast the stay. The
# others stand on what is in the park: whoever leaves ends them first.
TIED_TO_THE_PARK = frozenset({AgreementKind.CO_CONSTRUCTION, AgreementKind.TRAINING_CENTRE})

IN_FORCE = _("Agreement in force until %(day)s: %(title)s")
UNSIGNED = _("Agreement that waits for its signature: %(title)s")
PROMISED = _("Commitment of the organisation, due %(day)s: %(text)s")
OWED = _("Commitment of the park, due %(day)s: %(text)s")
TODO = _("Open task: %(task)s")


def what_is_open(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    yield from _agreements(tenant, now)
    yield from _commitments(tenant)
    yield from _tasks(tenant)


def _agreements(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    """The residency agreement itself ends with the stay."""
    others = Agreement.objects.filter(tenant=tenant).exclude(kind=AgreementKind.RESIDENCY)
    today = timezone.localdate(now)
    for agreement in others.in_force(today).order_by("pk"):
        yield _of_agreement(
            "agreement_in_force", IN_FORCE, agreement, agreement.kind in TIED_TO_THE_PARK
        )
    for agreement in others.filter(state=AgreementState.AWAITING).order_by("pk"):
        yield _of_agreement("agreement_unsigned", UNSIGNED, agreement, blocking=False)


def _of_agreement(
    code: str, sentence: Sentence, agreement: Agreement, blocking: bool
) -> ClearanceItem:
    return ClearanceItem(
        code,
        sentence,
        {"title": agreement.readers_title, "day": f"{agreement.ends_on:%Y-%m-%d}"},
        blocking=blocking,
        key=ref_of(agreement.pk, "agreement"),
        to=Destination("residency:agreement", {"pk": agreement.pk}),
        staff_to=Destination("admin:residency_agreement_change", {"object_id": agreement.pk}),
    )


def _commitments(tenant: Tenant) -> Iterator[ClearanceItem]:
    """What the organisation promised blocks: afterwards nobody is there to keep it. What the
    park still owes is for the park to know."""
    open_ones = Commitment.objects.filter(
        tenant=tenant, progress__lt=100, agreement__state=AgreementState.EFFECTIVE
    )
    for commitment in open_ones.select_related("party").order_by("due_on", "pk"):
        is_own = commitment.party.side == AgreementParty.Side.ORGANISATION
        yield ClearanceItem(
            "commitment_open" if is_own else "commitment_of_park_open",
            PROMISED if is_own else OWED,
            {"text": commitment.text, "day": f"{commitment.due_on:%Y-%m-%d}"},
            blocking=is_own,
            key=ref_of(commitment.pk, "commitment"),
            to=Destination("residency:agreement", {"pk": commitment.agreement_id}),
            staff_to=Destination(
                "admin:residency_agreement_change", {"object_id": commitment.agreement_id}
            ),
        )


def _tasks(tenant: Tenant) -> Iterator[ClearanceItem]:
    """Some are for after the exit, such as a key to give back: they only warn."""
    for task in Task.objects.filter(tenant=tenant, closed_at=None).order_by("due_on", "pk"):
        yield ClearanceItem(
            "task_open",
            TODO,
            {"task": label_of(task.code)},
            blocking=False,
            key=task.code,
            staff_to=Destination("admin:residency_stay_change", {"object_id": task.stay_id}),
        )
