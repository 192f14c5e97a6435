"""Agreements and stays of the demo: invented, the same in every demo, made by the operations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO

from django.utils import timezone

from foundation.actors import Actor
from foundation.pdf import has_fonts, render
from residency.agreement_paper import paper_data
from residency.demo.agreement_words import (
    COMMITMENTS,
    SCOPES,
    TITLES,
    UNIVERSITY_COMMITMENTS,
)
from residency.kinds import ApplicantKind
from residency.models import (
    Agreement,
    AgreementKind,
    AgreementParty,
    AgreementState,
    Stay,
    Task,
)
from residency.operations import agreement_parts, agreements, signing, stays
from residency.operations.tasks import close_task
from residency.spans import DAY, add_months
from residency.tasks import kind_of
from tenants.isolation.context import STAFF, Identity, enter
from tenants.kinds import TenantKind
from tenants.models import Membership, Tenant

# Days left of the first residents, so that every column of the board has somebody.
DAYS_LEFT = [55, -42, 88, 17, 38, -3, 66, 26, 47, 6, 75, 58, 84]
NEWCOMERS = 3
SIGN_IN = "haihe-homeware"
TRAINING_CENTRES = 9
# So many residents have their agreement in the portal; the others were in the park before it.
WITH_AGREEMENT = 24
KINDS = [ApplicantKind.EXPORTER, ApplicantKind.IMPORTER, ApplicantKind.LIVESTREAM]


@dataclass(frozen=True, slots=True)
class Term:
    starts_on: date
    ends_on: date


def seed(now: datetime) -> bool:
    """False when the agreements are there, or when there are no fonts to print agreements with."""
    with enter(Identity(STAFF)):
        park = Tenant.objects.operator()
        staff = Membership.objects.filter(tenant=park, user__username="staff").first()
        centres = Agreement.objects.filter(tenant__kind=TenantKind.UNIVERSITY)
        if staff is None or centres.exists() or not has_fonts():
            return False
    with enter(Identity(STAFF, park.pk, staff.user_id)):
        _Story(staff, now).tell()
    return True


class _Story:
    """What the park's manager did with each organisation."""

    def __init__(self, staff: Membership, now: datetime) -> None:
        self.staff, self.now, self.today = staff, now, timezone.localdate(now)
        self.actor: Actor = staff.actor(is_staff=True)

    def tell(self) -> None:
        residents = list(Tenant.objects.residents().order_by("pk"))
        known = set(Stay.objects.values_list("tenant_id", flat=True))
        # Those who leave have their own story.
        placed = [pair for pair in enumerate(residents) if pair[1].pk not in known]
        for place, tenant in placed:
            if place < WITH_AGREEMENT:
                self._resident(tenant, place)
        self._earlier(pair for pair in placed if pair[0] >= WITH_AGREEMENT)
        universities = Tenant.objects.filter(kind=TenantKind.UNIVERSITY).order_by("pk")
        for place, tenant in enumerate(universities[:TRAINING_CENTRES]):
            self._training_centre(tenant, place)
        self._others(list(universities[TRAINING_CENTRES:]))
        self._in_between(residents)

    # -- residents ---------------------------------------------------------------------------

    def _resident(self, tenant: Tenant, place: int) -> None:
        term = self._term(place)
        self._sign(tenant, AgreementKind.RESIDENCY, term)
        self._stay(tenant, self._kind(tenant, place), term)

    def _earlier(self, placed: Iterable[tuple[int, Tenant]]) -> None:
        """Taken over from the park's list as they were, with nothing left to settle."""
        Stay.objects.bulk_create(
            Stay(
                tenant=tenant,
                kind=self._kind(tenant, place),
                starts_on=self._term(place).starts_on,
                ends_on=self._term(place).ends_on,
                contact=self.staff.user,
            )
            for place, tenant in placed
        )

    def _kind(self, tenant: Tenant, place: int) -> str:
        if tenant.kind == TenantKind.START_UP:
            return ApplicantKind.START_UP
        return KINDS[place % len(KINDS)]

    def _term(self, place: int) -> Term:
        """One year or two; the newcomers came some days ago."""
        newcomer = place - len(DAYS_LEFT)
        if 0 <= newcomer < NEWCOMERS:
            starts_on = self.today - timedelta(days=5 + 7 * newcomer)
            return Term(starts_on, add_months(starts_on, 12) - DAY)
        left = DAYS_LEFT[place] if place < len(DAYS_LEFT) else 95 + place * 37 % 600
        ends_on = self.today + timedelta(days=left)
        return Term(add_months(ends_on + DAY, -24 if left > 300 else -12), ends_on)

    def _stay(self, tenant: Tenant, kind: str, term: Term) -> None:
        moved_in = self._at(term.starts_on)
        stay = stays.record_stay(
            actor=self.actor,
            now=moved_in,
            tenant=tenant,
            kind=kind,
            starts_on=term.starts_on,
            ends_on=term.ends_on,
            contact=self.staff.user,
        )
        if self.today - term.starts_on > timedelta(days=40):
            self._settle(stay, moved_in + timedelta(days=20))

    def _settle(self, stay: Stay, when: datetime) -> None:
        """Everything of the first month was done; what the portal sees by itself, it saw."""
        for task in Task.objects.open().filter(stay=stay):
            kind = kind_of(task.code)
            if kind is not None and kind.is_by_hand:
                close_task(actor=self.actor, now=when, task=task)
            elif kind is not None:
                event = min(kind.closed_by)
                Task.objects.filter(pk=task.pk).update(closed_at=when, closed_by_event=event)

    # -- agreements --------------------------------------------------------------------------

    def _training_centre(self, tenant: Tenant, place: int) -> None:
        starts_on = date(self.today.year - place % 2, 3 + 6 * (place % 2), 1)
        term = Term(starts_on, add_months(starts_on, 36) - DAY)
        agreement = self._sign(tenant, AgreementKind.TRAINING_CENTRE, term, place=place)
        self._stay(tenant, ApplicantKind.UNIVERSITY, term)
        for promised in agreement.commitments.all()[: 1 + place % 2]:
            agreement_parts.tell_progress(
                actor=self.actor,
                now=self.now,
                commitment=promised,
                progress=100 if place % 3 == 0 else 20 + 15 * (place % 4),
                note="本学期已完成部分内容 / partly done this term",
            )

    def _others(self, universities: list[Tenant]) -> None:
        """Memoranda with banks and with the one who signs in, co-constructions, and a draft."""
        year = Term(self.today - timedelta(days=200), self.today + timedelta(days=400))
        others = Tenant.objects.filter(kind__in=[TenantKind.FUNDER, TenantKind.PROVIDER])
        for place, tenant in enumerate(others.order_by("pk")[:3]):
            self._sign(tenant, AgreementKind.MOU, year, place=place)
        for tenant in Tenant.objects.filter(slug=SIGN_IN):
            self._sign(tenant, AgreementKind.MOU, year, place=1)
        for place, tenant in enumerate(universities[:2]):
            self._sign(tenant, AgreementKind.CO_CONSTRUCTION, year, place=place)
        for tenant in universities[2:3]:
            self._draft(tenant, AgreementKind.MOU, year, self.now, 0)

    def _sign(self, tenant: Tenant, kind: str, term: Term, *, place: int = 0) -> Agreement:
        """From the draft to the day it counts, ten days before it begins."""
        then = self._at(min(term.starts_on - timedelta(days=10), self.today))
        draft = self._draft(tenant, kind, term, then, place)
        self._bring_copy(self._send(draft, then), then)
        return agreements.bring_into_force(
            actor=self.actor, now=then, agreement=draft, signed_on=timezone.localdate(then)
        )

    def _draft(
        self, tenant: Tenant, kind: str, term: Term, then: datetime, place: int
    ) -> Agreement:
        zh, en = TITLES[kind]
        scope_zh, scope_en = SCOPES[kind]
        draft = agreements.draft_agreement(
            actor=self.actor,
            now=then,
            tenant=tenant,
            kind=kind,
            title=f"{tenant.name}{zh}",
            title_en=f"{tenant.name_en or tenant.name}: {en}",
            scope=scope_zh,
            scope_en=scope_en,
            starts_on=term.starts_on,
            ends_on=term.ends_on,
        )
        self._name_people(draft, place)
        self._promise(draft, term, place)
        return draft

    def _name_people(self, draft: Agreement, place: int) -> None:
        signs = {
            AgreementParty.Side.PARK: ("周敏", "园区主任"),
            AgreementParty.Side.ORGANISATION: (
                "赵王李刘陈杨黄吴徐孙"[place % 10] + "建国",
                "负责人",
            ),
        }
        for party in draft.parties.all():
            name, position = signs[AgreementParty.Side(party.side)]
            agreement_parts.change_party(
                actor=self.actor,
                now=self.now,
                party=party,
                signatory=name,
                signatory_title=position,
                contact_name=name,
                contact_email=self._address(party),
            )

    def _address(self, party: AgreementParty) -> str:
        if party.side == AgreementParty.Side.PARK:
            return self.staff.user.email
        return f"contact@{party.agreement.tenant.slug}.example"

    def _promise(self, draft: Agreement, term: Term, place: int) -> None:
        university = draft.kind == AgreementKind.TRAINING_CENTRE
        if draft.kind == AgreementKind.RESIDENCY:
            return
        sides = {party.side: party for party in draft.parties.all()}
        for number, (side, text) in enumerate(
            UNIVERSITY_COMMITMENTS if university else COMMITMENTS
        ):
            agreement_parts.add_commitment(
                actor=self.actor,
                now=self.now,
                party=sides[side],
                text=text,
                owner_name="王芳" if side == "park" else "教务处" if university else "合作部",
                # The first of some is over already.
                due_on=max(term.starts_on, self.today + timedelta(days=60 * number - 5 * place)),
            )

    def _send(self, draft: Agreement, then: datetime) -> Agreement:
        """Final, with the PDF at once: the demo has no worker yet that a job could wait for."""
        sent = agreements.lock(self.actor, draft)
        sent.move_to(AgreementState.AWAITING)
        sent.save(update_fields=["state"])
        content = render("residency/agreement", paper_data(sent), language="zh-hans")
        signing.keep_paper(actor=self.actor, now=then, agreement=sent, content=content)
        return sent

    def _bring_copy(self, sent: Agreement, then: datetime) -> None:
        assert sent.document is not None
        with sent.document.open() as file:
            content = BytesIO(file.read())
        signing.upload_signed_copy(
            actor=self.actor,
            now=then,
            agreement=sent,
            file=content,
            name=f"{sent.number}-signed.pdf",
        )

    # -- what is under way -------------------------------------------------------------------

    def _in_between(self, residents: list[Tenant]) -> None:
        """A renewal at each of its steps, a suspended stay, one that was extended."""
        stay_of = {stay.tenant_id: stay for stay in Stay.objects.all()}
        in_force = {a.tenant_id: a for a in Agreement.objects.filter(kind="residency")}
        signs, draft, copied = residents[0], residents[3], residents[7]
        for tenant in (signs, draft, copied):
            renewal = agreements.renew_agreement(
                actor=self.actor, now=self.now, agreement=in_force[tenant.pk]
            )
            if tenant == draft:
                continue
            sent = self._send(renewal, self.now)
            if tenant == copied:
                self._bring_copy(sent, self.now)
        stays.suspend_stay(
            actor=self.actor,
            now=self.now,
            stay=stay_of[residents[10].pk],
            reason="消防整改未完成 / Fire safety is being put right",
        )
        stays.extend_stay(
            actor=self.actor,
            now=self.now,
            stay=stay_of[residents[9].pk],
            ends_on=self.today + timedelta(days=24),
            reason="续签审批中 / The renewal is being decided",
        )

    def _at(self, day: date) -> datetime:
        """A morning of that day, not in the future."""
        zone = timezone.get_default_timezone()
        morning = datetime(day.year, day.month, day.day, 9, 30, tzinfo=zone)
        return min(morning, self.now)
