"""The demo park, kept small, with a row for every page that needs one."""

from __future__ import annotations

import copy
import os
import shutil
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import admin
from django.core.mail import EmailMultiAlternatives
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backbone.mailbox import MailboxBackend
from backbone.models import DemoMail, Document, Job, Notice
from backbone.operations import enqueue
from backbone.runner import perform
from billing.models import Reminder
from billing.operations import fapiao, refunding, runs, terms
from certificates.models import Certificate
from certificates.operations.issuing import issue
from certificates.operations.recording import record
from foundation.refs import ref_of
from gateway.models import ApiKey
from gateway.operations import create_key
from learners import demo as learning
from learners.operations import upload_roster
from leasing import demo as leases
from leasing.models import Lease
from ledger.operations.periods import make_periods
from members import demo as invitations
from members.links import token_of
from members.models import Invitation
from offices import demo as bookings
from offices.models import Platform
from reporting import demo as targets
from reporting import operations as reporting
from residency.demo import applying as applicants
from residency.demo import leaving, reviewing, rubrics, settling
from residency.demo.words import LEADS
from residency.models import (
    Agreement,
    Application,
    Commitment,
    Criterion,
    Review,
)
from residency.operations.reviews import assign_reviewers
from spaces import demo as spaces
from spaces.models import Building, Floor, FloorPlan, Space, SpaceType
from tenants import demo as organisations
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Membership, Tenant
from tenants.sessions import MARK_EVERY, SEEN
from tests import databases
from tests.billing.owing import Bookkeeper
from tests.browser.small_rows import BY_NAME, line_or_receipt
from tests.browser.small_rows import learning as learning_rows
from tests.browser.steps import STEPS
from tests.certificates.conftest import FACTS
from tests.clients import add_factors, fresh_client
from tests.spaces.making import office
from tests.walls import accounting, banks, paying
from trade import demo as orders
from trade import operations as trade
from trade.models import ImportMapping, Order, OrderImport, RowConsent
from trade.operations.imports import JOB
from trade.presets import PORTAL_ORDERS
from training import demo as training
from training.models import (
    Guest,
    Seat,
    Session,
    SessionDate,
)

OWNER, STAFF_MEMBER, NOBODY = "owner", "staff", "nobody"
# Has given the password and not yet the second factor.
HALFWAY = "halfway"
# Keeps the learners of a university.
KEEPER = "coordinator"
PEOPLE = [NOBODY, OWNER, STAFF_MEMBER, KEEPER, HALFWAY]
HOMES = {OWNER: "haihe-homeware", STAFF_MEMBER: "demo-park", KEEPER: learning.UNIVERSITY}


# English names of columns and Chinese ones of people: no column tells the encoding.
UNDECIDED = "Student number,Name,Programme,Year\n1,王芳,物流,2026\n".encode("gb18030")


class Plain:
    """Words for rows that other tests fill with markers."""

    stem = "园区"

    def word(self, of: str) -> str:
        return "七月账目"


PLAIN: Any = Plain()


class SmallPark:
    """Two exporters with half a year of orders; imports at every step of the wizard."""

    def __init__(self) -> None:
        self.now = timezone.now()
        organisations.seed(self.now)
        invitations.seed(self.now)
        spaces.seed(self.now)
        bookings.seed(self.now)
        rubrics.seed(self.now)
        applicants.seed(self.now)
        reviewing.seed(self.now)
        leaving.seed(self.now)
        learning.seed(self.now)
        settling.seed(self.now)
        leases.seed(self.now)
        training.seed(self.now)
        orders.seed(self.now)
        targets.seed(self.now)
        with enter(Identity(STAFF)):
            members = Membership.objects.select_related("user", "tenant")
            self.members = {
                name: members.get(user__username=name, tenant__slug=home)
                for name, home in HOMES.items()
            }
            names = set(Tenant.objects.values_list("name_en", flat=True))
        # The file's own words: its columns, and the channel that the preset names.
        columns = PORTAL_ORDERS["columns"].values()
        self.english_data = {*names, *columns, PORTAL_ORDERS["channel"]["name"]}
        self.english_data |= set(map(str, Platform.labels))
        self.english_data |= self._english_of_the_park()
        self._work_of_the_owner()
        self._work_of_the_staff()
        self._work_of_the_keeper()
        self._certificates()
        self._bills()
        self._run_of_bills()

    def _english_of_the_park(self) -> set[str]:
        """What the park and its applicants write in both languages, side by side."""
        with enter(Identity(STAFF, self.members[STAFF_MEMBER].tenant_id)):
            agreements = Agreement.objects.values_list("title_en", "scope_en")
            # Of a draft the name is among its answers only.
            names = {english for _name, english, _contact in LEADS}
            names |= set(Application.objects.values_list("name_en", flat=True))
            anchors = Criterion.objects.values_list("anchors", flat=True)
            scores = {each["en"] for scale in anchors for each in scale.values()}
            tree = (Building, Floor, SpaceType, Space)
            names |= {name for m in tree for name in m.objects.values_list("name_en", flat=True)}
            leases = set(Lease.objects.values_list("terms_en", flat=True))
            guests = Guest.objects.values_list("name", "company")
            names |= {word for pair in guests for word in pair} | {FACTS.issuer_en}
            names |= set(Session.objects.values_list("name_en", flat=True))
            names |= set(Certificate.objects.values_list("issuer_en", flat=True))
            return {words for pair in agreements for words in pair} | names | scores | leases

    def _work_of_the_owner(self) -> None:
        owner = self.members[OWNER]
        actor = owner.actor(request_id="a-request")
        today = timezone.localdate(self.now)
        with enter_tenant(actor.tenant_id, user_id=actor.user_id):
            trade.consent_to_row_access(
                actor=actor, now=self.now, starts_on=today, ends_on=today + timedelta(days=30)
            )
            create_key(
                actor=actor,
                now=self.now,
                tenant=owner.tenant,
                name="仓库系统",
                role="operations",
                scopes=["orders.read", "imports.write"],
                expires_at=self.now + timedelta(days=90),
            )
            self.done = self._import(actor, orders._with_mistakes(today))
            self.running = self._import(actor, orders._file("another-shop", today))
            self.checked = self._import(actor, orders._with_mistakes(date(2025, 3, 1)), run=False)
        assert self.done.job_id is not None
        perform(tenant_id=actor.tenant_id, job_id=self.done.job_id)

    def _import(self, actor: Any, content: bytes, *, run: bool = True) -> OrderImport:
        """An import that waits for its check, or with a job that waits for its worker."""
        own = trade.upload_orders(
            actor=actor, now=self.now, file=BytesIO(content), name="orders-of-the-shop.csv"
        )
        mapping = trade.adopt_preset(actor=actor, now=self.now, name="portal-orders")
        own = trade.read_import_as(
            actor=actor, now=self.now, order_import=own, mapping=mapping, encoding="utf-8"
        )
        return trade.start_import(actor=actor, now=self.now, order_import=own) if run else own

    def _work_of_the_staff(self) -> None:
        member = self.members[STAFF_MEMBER]
        with enter(Identity(STAFF, member.tenant_id, member.user_id)):
            actor = member.actor(is_staff=True)
            reporting.request_brief(actor=actor, now=self.now)
            asked = Review.objects.filter(submitted_at=None).earliest("pk").application
            assign_reviewers(actor=actor, now=self.now, application=asked, people=[member.user])
            enqueue(actor=actor, now=self.now, kind="mail.send", payload={}, key="a-mail")
            accounting.fill(PLAIN, self.members[OWNER].actor(), self.now)
            make_periods(actor=actor, now=self.now)
        banks.build(member, self.now)
        paying.fill(PLAIN, self.members[OWNER], member, self.now)
        mail = EmailMultiAlternatives("Hello", "Words", "a@example.test", ["b@example.test"])
        mail.attach_alternative("<p>Words</p>", "text/html")
        MailboxBackend().send_messages([mail])
        add_factors(member.user, key_name="Blue key")

    def _work_of_the_keeper(self) -> None:
        """A roster with every kind of row waits to be put in; another for its encoding."""
        actor = self.members[KEEPER].actor()
        with enter_tenant(actor.tenant_id, user_id=actor.user_id):
            for content in (UNDECIDED, learning.with_mistakes(timezone.localdate(self.now))):
                upload_roster(actor=actor, now=self.now, file=BytesIO(content), name="名单.csv")

    def _certificates(self) -> None:
        """One of each kind for the university, one of the park's own for the enterprise."""
        by_keeper = self.members[KEEPER]
        with enter(Identity(STAFF, self.members[STAFF_MEMBER].tenant_id)):
            actor = self.members[STAFF_MEMBER].actor(is_staff=True)
            for kind in ("vocational", "university"):
                record(
                    actor=actor,
                    now=self.now,
                    tenant=by_keeper.tenant,
                    kind=kind,
                    given_number="2026-0007",
                    holder_name="王芳",
                    course_zh="电子商务师",
                    issuer_zh="人力资源和社会保障局",
                    issued_on=timezone.localdate(self.now),
                )
            for member in (by_keeper, self.members[OWNER]):
                issue(
                    actor=actor,
                    now=self.now,
                    tenant=member.tenant,
                    source=member,
                    facts=replace(FACTS, course_en="跨境电商平台运营", holder_latin_name=""),
                )

    def _bills(self) -> None:
        """Open, late, paid with more than was asked for, and one of which most came about: credited
        in part, reminded of, with a fapiao that is asked for."""
        owner, desk = self.members[OWNER], Bookkeeper(self.members[STAFF_MEMBER])
        known: dict[str, Any] = {"what": "一层"}
        desk.bill(owner.tenant, 300, **known)
        desk.bill(owner.tenant, "88.5", currency="SGD", **known)
        paid = desk.bill(owner.tenant, 200, **known)
        desk.pay(owner.tenant, 230, paid, reference="20260001")
        late = desk.late_bill(owner.tenant, 1000, 70, **known)
        desk.pay_part(late, 20, reference="20260002")
        desk.credit_part(late, 50, "暖气故障")
        with enter_tenant(owner.tenant_id, user_id=owner.user_id):
            fapiao.request(
                actor=owner.actor(), now=self.now, invoice=late, title="海河家居",
                tax_number="91120116MA06ABCD1X", kind="special",
            )  # fmt: skip
            Reminder.objects.create(tenant=owner.tenant, invoice=late, step=2)
        desk.charge(owner.tenant, 80, **known)
        desk.draft(owner.tenant, 60, **known)
        waits = desk.pay(owner.tenant, 90, reference="20260003")
        with office(desk.member) as actor:
            refunding.request_refund(
                actor=actor, now=self.now, payment=waits, amount=Decimal(20),
                to_account="海河家居 6222", reason="重复付款",
            )  # fmt: skip

    def _run_of_bills(self) -> None:
        """Ready to look at, with the one charge that was due so long ago; by terms as old."""
        lead, today = self.members[STAFF_MEMBER], timezone.localdate(self.now)
        long_ago = today - timedelta(days=500)
        Bookkeeper(lead).charge(self.members[KEEPER].tenant, 80, what="一层", due_on=long_ago)
        known: dict[str, Any] = {"now": self.now, "valid_from": long_ago}
        with office(lead) as actor:
            terms.add_terms(actor=actor, **known)
            terms.add_tax_rate(actor=actor, kind="late", percent=Decimal(6), source="税法", **known)
            run = runs.begin_run(actor=actor, now=self.now, upto=long_ago, issue_on=today)
        assert run.job_id is not None
        perform(tenant_id=lead.tenant_id, job_id=run.job_id)

    # -- where the pages are -------------------------------------------------------------------

    def arguments(self, name: str, parameters: set[str], person: str) -> dict[str, Any] | None:
        """What the route's address is filled with, None where the park has nothing for it."""
        known = {"tenant": HOMES.get(person, ""), **self._numbers(name)}
        if not parameters <= known.keys():
            return None
        return {parameter: known[parameter] for parameter in parameters}

    def _numbers(self, name: str) -> dict[str, Any]:
        """Ids by the names that routes have for them."""
        view = name.partition(":")[2] or name
        member = self.members[OWNER]
        user = self.members[STAFF_MEMBER].user
        if name.startswith("learner"):
            return learning_rows(view, self.members[KEEPER].actor())
        for start, rows_of in BY_NAME.items():
            if name.startswith(start):
                return rows_of(view, self.members[whose(name)].actor())
        known: dict[str, Any] = {"app_label": "trade", "kind": "csv"}
        if name.startswith("admin:"):
            return known | self._numbers_of_staff(view)
        with enter_tenant(member.tenant_id, user_id=member.user_id):
            numbers: dict[str, Any] = {
                "order_id": Order,
                "mapping_id": ImportMapping,
                "consent_id": RowConsent,
            }
            for parameter, model in numbers.items():
                known[parameter] = model.objects.values_list("pk", flat=True).first()
            known["import_id"] = {
                "import": self.done,
                "import_run": self.running,
                "import_progress": self.running,
            }.get(view, self.checked).pk
            rows: dict[str, Any] = {
                "notice_reading": Notice.objects,
                "file": Document.objects,
                "key_rolling": ApiKey.objects,
                "key_revocation": ApiKey.objects,
                "roles": Membership.objects,
                "agreement": Agreement.objects.exclude(state="draft"),
                "signed_copy": Agreement.objects.filter(state="awaiting"),
                "progress": Commitment.objects.filter(party__side="organisation"),
            }
            jobs = Job.objects.filter(kind=JOB, state="queued")
            known["pk"] = rows.get(view, jobs).values_list("pk", flat=True).first()
            if name == "invitation":
                known["token"] = token_of(Invitation.objects.select_related("tenant").get())
        if name == "mailbox:mail" or name.startswith("mfa_"):
            keys = Authenticator.objects.filter(user=user, type="webauthn")
            found: Any = DemoMail.objects if name == "mailbox:mail" else keys
            known["pk"] = found.latest("pk").pk
        if name == "account_reset_password_from_key":
            known["uidb36"] = ref_of(member.user.pk, "person")
            known["key"] = default_token_generator.make_token(member.user)
        if name == "account_confirm_email":
            known["key"] = "long-gone"
        return known

    def _numbers_of_staff(self, view: str) -> dict[str, Any]:
        step, row = self._step(view) or ("", self._admin_row(view))
        known: dict[str, Any] = {"step": step, "object_id": row}
        with enter(Identity(STAFF)):
            known["consent_id"] = RowConsent.objects.values_list("pk", flat=True).first()
            if view == "organisation":  # The one that is leaving has lines in most sections.
                known["pk"] = Tenant.objects.get(slug=leaving.LEAVING).pk
            known |= self._training(view)
            if view.startswith("reconciliation_"):
                known["pk"] = line_or_receipt(view)
            if view.startswith("floor"):
                known["pk"] = FloorPlan.objects.earliest("pk").floor_id
        return known

    def _training(self, view: str) -> dict[str, Any]:
        """A session that is over and not settled, and its dates; an event for its guests."""
        if not view.startswith(("attendance_", "results_", "session_feedback", "event_")):
            return {}
        over = Session.objects.get(state="finished")
        settled = Session.objects.get(state="settled")
        dates = SessionDate.objects.filter(session=over).order_by("-pk")
        event = Session.objects.get(kind="event")
        is_date = view in ("attendance_date", "attendance_code", "attendance_sheet")
        row: Any = dates[0] if is_date or view == "attendance_history" else over
        row = event if view.startswith("event_") else row
        row = settled if view == "session_feedback" else row
        seat = Seat.objects.filter(session=over, state="booked").first()
        return {"pk": row.pk, "seat": seat and seat.pk}

    def _step(self, view: str) -> tuple[str, int] | None:
        """A step of a lifecycle, and a row that can take it."""
        if view not in STEPS:
            return None
        step, model, wanted = STEPS[view]
        with enter(Identity(STAFF, self.members[STAFF_MEMBER].tenant_id)):
            rows = model._default_manager.filter(**wanted)
            return step, rows.values_list("pk", flat=True).first()

    def _admin_row(self, view: str) -> int | None:
        """Some row of the model that a page of the staff site is about."""
        for model in admin.site._registry:
            if view.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
                with enter(Identity(STAFF, self.members[STAFF_MEMBER].tenant_id)):
                    return model._default_manager.values_list("pk", flat=True).first()
        return None

    def client(self, person: str) -> Client:
        client = Client()
        if person == NOBODY:
            return client
        if person == HALFWAY:
            client.post(
                reverse("account_login"),
                {"login": STAFF_MEMBER, "password": organisations.PASSWORD},
            )
            return client
        client = fresh_client(self.members[person].user)
        session = client.session
        # So long ago that the first page notes the device, and the list of devices has a line.
        session[SEEN] -= 2 * MARK_EVERY
        session.save()
        return client


def whose(name: str) -> str:
    """Training is the university's, but for the guests that the enterprise brings."""
    is_keepers = name.startswith("training") and "guest" not in name and "invitations" not in name
    return KEEPER if is_keepers else OWNER


def build(patch: pytest.MonkeyPatch) -> SmallPark:
    """The small park in the database of the moment, as this worker built it first."""
    cut_short(patch)
    return _KEPT.again() if _KEPT.park else _KEPT.keep(SmallPark())


def cut_short(patch: pytest.MonkeyPatch) -> None:
    """Less of the demo than ``make demo`` makes."""
    half_a_year_ago = timezone.localdate() - timedelta(days=183)
    patch.setattr(applicants, "LEADS", LEADS[:8])
    patch.setattr(applicants, "ONLINE", ["submitted", "returned", "checking"])
    patch.setattr(reviewing, "PARTS", [reviewing.PARTS[0], reviewing.PARTS[5]])
    patch.setattr(orders, "EXPORTERS", 2)
    patch.setattr(settling, "TRAINING_CENTRES", 1)
    patch.setattr(orders, "STARTS_ON", half_a_year_ago)
    patch.setattr(organisations, "_PLACES", organisations._PLACES[:2])
    patch.setattr(organisations, "_STUDIOS", organisations._STUDIOS[:1])


class _Kept:
    """The park as it was built first, so that a worker builds it once: its rows and its files."""

    park: SmallPark | None = None

    def keep(self, park: SmallPark) -> SmallPark:
        connections.close_all()
        databases.send_everybody_away(self._own())
        databases.copy_database(self._own(), databases.kept_park())
        shutil.copytree(settings.MEDIA_ROOT, self._files(), dirs_exist_ok=True)
        self.park = copy.deepcopy(park)
        return park

    def again(self) -> SmallPark:
        connections.close_all()
        databases.copy_database(databases.kept_park(), self._own())
        shutil.copytree(self._files(), settings.MEDIA_ROOT, dirs_exist_ok=True)
        return copy.deepcopy(self.park)  # type: ignore[return-value]

    def _own(self) -> str:
        return str(connections["default"].settings_dict["NAME"])

    def _files(self) -> Path:
        return Path(os.environ["PARK_TEST_DIR"]) / databases.kept_park()


_KEPT = _Kept()


@pytest.fixture
def new_small_park(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> SmallPark:
    """Built now, for tests that prepare the database before."""
    cut_short(monkeypatch)
    return SmallPark()


@pytest.fixture
def small_park(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> SmallPark:
    return build(monkeypatch)
