"""Leads and applications of the demo: invented, the same in every demo, made by the operations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any

from django.utils import timezone
from stdnum.cn import uscc

from foundation.actors import Actor
from residency.application_form import SECTIONS, asked
from residency.checklist import lines_of
from residency.demo.papers import REQUIREMENTS, paper
from residency.demo.words import LEADS, NOTES, company
from residency.kinds import ApplicantKind
from residency.models import (
    Application,
    DocumentRequirement,
    FollowUpKind,
    Lead,
    LostReason,
    Mark,
)
from residency.models.leads import Intention, LeadSource
from residency.operations import applying, checking, leads, papers
from residency.operations.drafts import Sender, base_of, save_draft
from tenants.isolation.context import as_public, enter_tenant
from tenants.models import Membership, Tenant

KINDS = list(ApplicantKind)
SOURCES = list(LeadSource)
INTENTIONS = list(Intention)
REASONS = list(LostReason)


def seed(now: datetime) -> bool:
    park = _park()
    with enter_tenant(park.pk):
        if DocumentRequirement.objects.exists():
            return False
        for number, (kind, code, zh, en, is_required) in enumerate(REQUIREMENTS):
            DocumentRequirement.objects.create(
                tenant=park,
                kind=kind,
                code=code,
                label_zh=zh,
                label_en=en,
                is_required=is_required,
                position=number,
            )
    owner = _owner(park)
    with enter_tenant(park.pk, user_id=owner.user_id):
        Story(park, owner, now).tell()
    return True


def _park() -> Tenant:
    with as_public():
        return Tenant.objects.only("pk", "slug").operator()


def _owner(park: Tenant) -> Membership:
    with enter_tenant(park.pk):
        found = Membership.objects.current().filter(user__username="staff")
        return found.select_related("user", "tenant").get()


class Story:
    """Forty leads in all states, and applications as far as their check."""

    def __init__(self, park: Tenant, owner: Membership, now: datetime) -> None:
        self.park, self.now, self.today = park, now, timezone.localdate(now)
        self.staff = owner.actor(is_staff=True)
        self.owner = owner.user
        self.applicant = Actor(None, park.pk)
        self.numbers = count(1)

    def tell(self) -> None:
        for number, (name, english, contact) in enumerate(LEADS):
            lead = self._lead(number, name, contact)
            self._go_on(number, lead, english)
        for number, state in enumerate(ONLINE):
            self._online(number, state)

    # -- leads ---------------------------------------------------------------------------------

    def _lead(self, number: int, name: str, contact: str) -> Lead:
        days = number % 11 if number % 8 == 0 else 200 - 4 * number
        begun = self.now - timedelta(days=days)
        return leads.record_lead(
            actor=self.staff,
            now=begun,
            owner=self.owner,
            next_follow_up_on=timezone.localdate(begun) + timedelta(days=7),
            name=name,
            kind=KINDS[number % len(KINDS)],
            contact_name=contact,
            contact_mobile=f"139 0000 {1000 + number}",
            contact_email=f"lead-{number:02}@applicant.example",
            source=SOURCES[number % 5 if number % 3 else number % len(SOURCES)],
            intention=INTENTIONS[number % 3],
            wanted_area=60 + 20 * (number % 9),
            wanted_rent=30 + number % 20,
            wishes=NOTES[number % len(NOTES)],
        )

    def _go_on(self, number: int, lead: Lead, english: str) -> None:
        """By its number: new, followed, parked, lost, taken up again or applying."""
        fate = number % 8
        if fate == 0:
            return
        self._talk(number, lead)
        after, soon = self._after(lead, 20), self.today + timedelta(days=number % 9)
        if fate == 5:
            leads.park_lead(
                actor=self.staff, now=after, lead=lead, note=NOTES[1], next_on=soon + DAYS_30
            )
        elif fate in (6, 7):
            reason = REASONS[number % len(REASONS)]
            leads.lose_lead(
                actor=self.staff, now=after, lead=lead, reason=reason, note=NOTES[number % 5]
            )
            if number == 23:
                leads.take_up_lead(
                    actor=self.staff, now=self.now, lead=lead, note=NOTES[2], next_on=soon
                )
        elif fate == 4:
            after = self.now - timedelta(days=1 + number % 20)
            application = leads.open_application(
                actor=self.staff,
                now=after,
                lead=lead,
                email=lead.contact_email,
                language="en" if number % 3 else "zh-hans",
            )
            self.fill_in(application, lead.name, english, number, after)

    def _talk(self, number: int, lead: Lead) -> None:
        kinds = [FollowUpKind.CALL, FollowUpKind.VISIT, FollowUpKind.QUOTE][: 1 + number % 3]
        for step, kind in enumerate(kinds):
            last = step == len(kinds) - 1
            days = self.today + timedelta(days=number % 9) if last else None
            at = self._after(lead, 3 + 5 * step)
            leads.follow_up(
                actor=self.staff,
                now=at,
                lead=lead,
                kind=kind,
                note=NOTES[(number + step) % len(NOTES)],
                next_on=days or timezone.localdate(at) + timedelta(days=5),
            )

    def _after(self, lead: Lead, days: int) -> datetime:
        return min(self.now, lead.created_at + timedelta(days=days))

    # -- applications --------------------------------------------------------------------------

    def _online(self, number: int, state: str) -> None:
        """One that came by the page for applicants, as far as ``state``."""
        days = 12 - number
        begun = self.now - timedelta(days=days)
        zh, en, contact = company(number)
        application = applying.begin_application(
            actor=self.applicant,
            now=begun,
            kind=KINDS[number % len(KINDS)],
            email=f"applicant-{number:02}@applicant.example",
            language="en" if number % 2 else "zh-hans",
        )
        draft = {"contact_name": contact}
        self.fill_in(application, zh, en, number, begun, draft, half=state == "applying")
        if state == "applying":
            return
        if state == "withdrawn":
            applying.withdraw_application(
                actor=self.applicant, now=begun, application=application, reason=NOTES[4]
            )
            return
        self.submit(application, number, begun + timedelta(hours=5))
        self.check(application, state, begun + timedelta(days=1))

    def fill_in(
        self,
        application: Application,
        zh: str,
        en: str,
        number: int,
        at: datetime,
        more: dict[str, str] | None = None,
        *,
        half: bool = False,
    ) -> None:
        said = answers(application, zh, en, next(self.numbers), self.now) | (more or {})
        for section in list(SECTIONS)[: 2 if half else None]:
            current = Application.objects.get(pk=application.pk)
            typed = {name: said[name] for name in asked(current, section) if name in said}
            save_draft(
                actor=self.applicant,
                now=at,
                application=current,
                section=section,
                typed=typed,
                sender=Sender(base_of(current, section), "demo", number),
            )

    def submit(self, application: Application, number: int, at: datetime) -> None:
        for line in lines_of(application, at):
            if line.requirement.is_required or number % 2:
                papers.bring_document(
                    actor=self.applicant,
                    now=at,
                    application=application,
                    requirement=line.requirement,
                    file=BytesIO(paper(line.requirement.label_en)),
                    name=f"{line.requirement.label_zh}.pdf",
                )
        applying.submit_application(actor=self.applicant, now=at, application=application)

    def check(self, application: Application, state: str, at: datetime) -> None:
        if state == "submitted":
            return
        checking.take_application(actor=self.staff, now=at, application=application)
        rows = list(application.documents.all())
        if state == "declined":
            checking.decline_unreviewed(
                actor=self.staff, now=at, application=application, reason=NOTES[5]
            )
            return
        faulty = state in ("returned", "resubmitted")
        marks = {row.pk: (Mark.COMPLETE, "") for row in rows[faulty:] if row.file_id}
        if faulty:
            marks |= {rows[0].pk: (Mark.INVALID, NOTES[6])}
        elif state == "checking":
            marks = dict(list(marks.items())[:1])
        checking.mark_documents(actor=self.staff, now=at, application=application, marks=marks)
        if faulty:
            checking.return_application(
                actor=self.staff, now=at, application=application, note=NOTES[6]
            )
        if state == "resubmitted":
            later = at + timedelta(days=2)
            papers.bring_document(
                actor=self.applicant,
                now=later,
                application=application,
                requirement=rows[0].requirement,
                file=BytesIO(paper("Renewed")),
                name=f"{rows[0].requirement.label_zh}-2.pdf",
            )
            applying.submit_application(actor=self.applicant, now=later, application=application)


DAYS_30 = timedelta(days=30)
ONLINE = [
    *("submitted", "returned", "checking", "submitted", "checked", "resubmitted"),
    *("returned", "declined", "checked", "applying", "withdrawn"),
]


def answers(
    application: Application, zh: str, en: str, number: int, now: datetime
) -> dict[str, Any]:
    """What an applicant of the demo types, by field; more than any one kind is asked."""
    today = timezone.localdate(now)
    founded = today - timedelta(days=200 + 90 * number)
    return {
        "country": "CN",
        "name": zh,
        "name_en": en,
        "registration_number": credit_code(number),
        "legal_person": "李海",
        "registered_address": f"天津市滨海新区示范路 {number} 号",
        "founded_on": f"{founded:%Y年%m月%d日}" if number % 2 else founded.isoformat(),
        "business_scope": "跨境电子商务；货物进出口；仓储服务。",
        "contact_name": "李海",
        "contact_mobile": f"+86 138 0000 {2000 + number}",
        "contact_email": application.contact_email,
        "headcount": str(3 + 2 * number),
        "volume": f"{1_200_000 + 350_000 * number:,}",
        "platforms": "Amazon, Shopee, 独立站",
        "countries": "Germany, 日本, SG",
        "wanted_space": ["office", "desk", "studio", "warehouse"][number % 4],
        "wanted_area": str(60 + 15 * (number % 6)),
        "wanted_from": (today + timedelta(days=40)).isoformat(),
        "services": ["customs", "logistics"],
        **dict(_of_kind()),
    }


def _of_kind() -> Iterator[tuple[str, Any]]:
    words = {
        "products": "家居用品，小家电",
        "modes": ["9610", "9810"],
        "customs_code": "",
        "overseas_warehouse": "on",
        "registers_here": "on",
        "not_dishonest": "on",
        "safe_use": "on",
        "brands": "",
        "bonded_area": "200",
        "project": "面向东南亚的选品工具",
        "stage": "sales",
        "team": "三人：产品、开发、运营",
        "graduates": "2",
        "funding": "500000",
        "hosts": "6",
        "accounts": "TikTok Shop 三个，Shopee Live 两个",
        "languages": "英语、泰语",
        "studios": "2",
        "hours": "40",
        "offers": ["customs", "tax"],
        "licences": "报关单位备案",
        "clients": "",
        "why_here": "享受园区的申报服务",
        "works_at": "天津市河西区友谊路 12 号",
        "mail_to": "李海 138 0000 1234",
        "school": "国际商学院",
        "wants": ["training", "internships"],
        "students": "120",
        "majors": "跨境电子商务、国际贸易",
    }
    return ((f"more_{code}", value) for code, value in words.items())


def credit_code(number: int) -> str:
    """An invented code with a right check character, from a range the demo's others leave free."""
    body = f"91120116MA{5_000_000 + number:07}"
    return body + uscc.calc_check_digit(body)
