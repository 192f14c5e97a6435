"""The waiting list of a space: first come, first offered, in the transaction that frees the time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.operations import notify, send_mail_to
from backbone.sentences import in_every_language
from foundation.actors import Actor
from foundation.errors import DomainError
from foundation.operations import operation
from offices.models import Booking, BookingRule, BookingState
from offices.operations.rows import changed, checked, held_until, made, priced, wants_for
from offices.permissions import permissions
from offices.prices import lock_allowance, quote
from spaces.locks import lock_spaces
from spaces.models import Space
from spaces.operations import occupancy as ledger
from spaces.queries import free_amount
from tenants import standing
from tenants.isolation.context import across_tenants, enter_tenant
from tenants.models import Tenant

# Long enough to see a message, short enough that the next in the list has a chance.
OFFERED_FOR = timedelta(hours=4)
OFFERING = "offered a freed time to whoever waits for it"
TITLE = _("%(space)s is free for you: %(time)s")
BODY = _("Take it by %(until)s, or the next in the list is asked.")
ASKED = _("The time you waited for is asked for now; the park confirms it next.")
S = BookingState


@operation
def wait(
    *, actor: Actor, now: datetime, space: Space, start: datetime, end: datetime, purpose: str
) -> Booking:
    """Stand in line for ``[start, end)``, which somebody else has. Kit and operators do not wait.

    Raises NotPermitted, the refusals of ``offices.rules``, and DomainError ``is_free``.
    """
    permissions.require(actor, "book_spaces")
    standing.require_present(actor.tenant_id)
    lock_spaces([space])
    tenant = Tenant.objects.get(pk=actor.tenant_id)
    found = checked(actor, now, tenant, [space], (start, end), purpose)
    if free_amount(space=space, start=start, end=end, now=now):
        raise DomainError(_("It is free at that time: book it."), code="is_free")
    own = made(actor, now, space, (start, end), purpose.strip(), found)
    own.state, own.answer_by = S.WAITING, start
    priced(own, quote(tenant, found, start, end))
    own.allowance_minutes = 0
    own.save()
    return own


def promote(*, now: datetime, space: Space, start: datetime, end: datetime) -> None:
    """Offer what has become free of ``[start, end)`` to whoever waits, in the order of asking.

    The caller holds the lock of the space. Who asked for another part of it may get that too.
    """
    with across_tenants(OFFERING):
        line = Booking.objects.filter(
            state=S.WAITING, answer_by__gt=now, space=space, starts_at__lt=end, ends_at__gt=start
        )
        found = list(line.order_by("created_at", "pk").values_list("pk", "tenant_id"))
    for pk, tenant_id in found:
        with enter_tenant(tenant_id):
            _offer(Actor(user_id=None, tenant_id=tenant_id), now, pk)


def _offer(actor: Actor, now: datetime, pk: int) -> None:
    """To one who waits; not when the time is not free for it, or it is being given up just now."""
    waits = Booking.objects.filter(state=S.WAITING, pk=pk)
    own = waits.select_for_update(of=["self"], skip_locked=True).select_related("space").first()
    if own is None:
        return
    try:
        _offered(actor=actor, now=now, own=own)
    except DomainError:
        return
    _tell(actor, now, own)


@operation
def _offered(*, actor: Actor, now: datetime, own: Booking) -> None:
    tenant = Tenant.objects.get(pk=own.tenant_id)
    rule = BookingRule.objects.get(type=own.space.type_id)
    lock_allowance(tenant.pk)
    own.move_to(S.REQUESTED if rule.needs_approval else S.OFFERED)
    own.answer_by = min(now + OFFERED_FOR, own.starts_at)
    priced(own, quote(tenant, [rule], own.starts_at, own.ends_at))
    changed(own)
    ledger.take(
        actor=actor,
        now=now,
        holder=tenant,
        wants=wants_for([own.space], rule, (own.starts_at, own.ends_at), now),
        source=own,
        held_until=held_until(own),
    )


def _tell(actor: Actor, now: datetime, own: Booking) -> None:
    """Whoever asked; a notice and a mail with the page where it is taken."""
    person = own.booked_by
    if person is None:
        return
    assert own.answer_by is not None
    params = {
        "space": str(own.space),
        "time": f"{timezone.localtime(own.starts_at):%Y-%m-%d %H:%M}",
        "until": f"{timezone.localtime(own.answer_by):%Y-%m-%d %H:%M}",
    }
    body = BODY if own.state == S.OFFERED else ASKED
    slug = Tenant.objects.get(pk=own.tenant_id).slug
    path = reverse("offices:booking", kwargs={"tenant": slug, "pk": own.pk})
    key = f"booking:{own.pk}:{own.version}"
    notify(
        actor=actor, now=now, user_id=person.pk, kind="offices.offered", title=TITLE,
        body=body, params=params, url=path, key=key,
    )  # fmt: skip
    said = {"title": in_every_language(TITLE, params), "body": in_every_language(body, params)}
    send_mail_to(
        actor=actor, now=now, user=person, template="offices/mail/offered",
        context={"path": path, "said": said}, key=key,
    )  # fmt: skip
