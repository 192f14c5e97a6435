"""Exits of the demo, and how long personal data is kept; invented, made by the operations."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from django.utils import timezone

from backbone.models import RetentionRule
from backbone.operations.retention import set_retention_rule
from foundation.actors import Actor
from residency.demo.papers import paper
from residency.exit_check import blocking, exit_check
from residency.models import Exit, Stay
from residency.operations import agreement_parts, agreements, exits, signing, waivers
from residency.operations.stays import record_stay
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership, Tenant

# In the middle of its exit, with a promise nobody kept and a waiver asked for; and one that left.
LEAVING, LEFT = "binjiang-toys", "binjiang-foods"
LEFT_DAYS_AGO = 20
PIPL = "个人信息保护法第四十七条 / PIPL Art. 47"
ECL = "电子商务法第三十一条 / E-Commerce Law Art. 31"
RULES = [
    ("residency.leads", 365, PIPL),
    ("residency.applications", 730, PIPL),
    ("members.invitations", 90, PIPL),
    # Orders stay three years, and whoever imported them can be asked for as long.
    ("members.accounts", 1096, f"{PIPL}; {ECL}"),
]


@dataclass(frozen=True, slots=True)
class Desk:
    """The one of the park's staff who sees to exits."""

    member: Membership

    @property
    def actor(self) -> Actor:
        return self.member.actor(is_staff=True)

    def enter(self) -> AbstractContextManager[Identity]:
        return enter(Identity(STAFF, self.member.tenant_id, self.member.user_id))


def seed(now: datetime) -> bool:
    """False when it is there, or the demo has no such organisations."""
    with enter(Identity(STAFF)):
        park = Tenant.objects.operator()
        members = Membership.objects.current().filter(tenant=park).select_related("user")
        desk = Desk(members.get(user__username="staff"))
        found = {t.slug: t for t in Tenant.objects.filter(slug__in=[LEAVING, LEFT])}
        done = Exit.objects.exists()
    made = _seed_rules(desk, now)
    if done:
        return made
    if LEAVING in found:
        _seed_leaving(desk, found[LEAVING], now)
    if LEFT in found:
        _seed_left(desk, found[LEFT], now - timedelta(days=LEFT_DAYS_AGO))
    return True


def _seed_rules(desk: Desk, now: datetime) -> bool:
    with desk.enter():
        if RetentionRule.objects.exists():
            return False
        for data, days, source in RULES:
            set_retention_rule(
                actor=desk.actor, now=now, data=data, days=days,
                starts_on=timezone.localdate(now), source=source,
            )  # fmt: skip
    return True


def _seed_leaving(desk: Desk, tenant: Tenant, now: datetime) -> None:
    """As far as the exit check, where the agreement of a training centre blocks."""
    leaving = _notice(
        desk, tenant, now, days=25, reason="move", note="搬到港区新仓 / To a new hall"
    )
    with desk.enter():
        _promise(desk, tenant, now)
        exits.begin_exit_check(actor=desk.actor, now=now, park_exit=leaving)
        first = blocking(exit_check(tenant, leaving, now))[0]
        waivers.ask_waiver(
            actor=desk.actor, now=now, park_exit=leaving, app=first.app, code=first.item.code,
            key=first.item.key, reason="客户已书面同意 / The organisation agreed in writing",
        )  # fmt: skip


def _promise(desk: Desk, tenant: Tenant, now: datetime) -> None:
    """A training centre that the organisation runs together with the park."""
    today = timezone.localdate(now)
    agreement = agreements.draft_agreement(
        actor=desk.actor, now=now, tenant=tenant, kind="training",
        title="跨境直播实训中心共建协议", title_en="Training centre for live-streaming",
        scope="企业提供设备和导师，园区提供场地。",
        scope_en="The company brings equipment and mentors, the park the room.",
        starts_on=today - timedelta(days=200), ends_on=today + timedelta(days=165),
    )  # fmt: skip
    agreement.parties.update(signatory="赵强", signatory_title="总经理")
    own = agreement.parties.get(side="organisation")
    agreement_parts.add_commitment(
        actor=desk.actor, now=now, party=own, text="接收 20 名实习生 / Takes 20 interns",
        owner_name="赵强", due_on=today - timedelta(days=10),
    )  # fmt: skip
    agreements.send_for_signature(actor=desk.actor, now=now, agreement=agreement)
    scan = paper("Training centre")
    agreement.refresh_from_db()
    agreement.document = signing.keep_paper(
        actor=desk.actor, now=now, agreement=agreement, content=scan
    )
    agreement.save(update_fields=["document"])
    signing.upload_signed_copy(
        actor=desk.actor, now=now, agreement=agreement, file=BytesIO(scan), name="已签署.pdf"
    )
    agreements.bring_into_force(
        actor=desk.actor, now=now, agreement=agreement, signed_on=today - timedelta(days=200)
    )


def _seed_left(desk: Desk, tenant: Tenant, then: datetime) -> None:
    """Everything settled; its owner reads for some weeks more."""
    leaving = _notice(desk, tenant, then, days=0, reason="term", note="")
    steps = (
        exits.begin_exit_check, exits.pass_exit_check, exits.pass_inspection, exits.finish_exit,
    )  # fmt: skip
    with desk.enter():
        for step in steps:
            leaving = step(actor=desk.actor, now=then, park_exit=leaving)


def _notice(
    desk: Desk, tenant: Tenant, now: datetime, *, days: int, reason: str, note: str
) -> Exit:
    leaves_on = timezone.localdate(now) + timedelta(days=days)
    with desk.enter():
        asked = exits.request_exit(
            actor=desk.actor, now=now, stay=_stay(desk, tenant, now), reason=reason,
            leaves_on=leaves_on, reason_note=note,
        )  # fmt: skip
        return exits.give_notice(actor=desk.actor, now=now, park_exit=asked, leaves_on=leaves_on)


def _stay(desk: Desk, tenant: Tenant, now: datetime) -> Stay:
    known = Stay.objects.present().filter(tenant=tenant).first()
    today = timezone.localdate(now)
    return known or record_stay(
        actor=desk.actor, now=now, tenant=tenant, kind="exporter",
        starts_on=today - timedelta(days=700), ends_on=today + timedelta(days=30),
    )  # fmt: skip
