"""Fills one organisation so that every table has a row of it and every text holds its marker.

Through the operations that people use. Where none of them writes such a text, ``BY_HAND`` has the
statement, run as the owner of the tables. What is missing, test_population names.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from contextlib import closing
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from django.db import connection
from django.utils import timezone

from backbone import operations as backbone
from backbone.clearance import clearance
from backbone.models import Job, OutboxMessage
from backbone.operations.jobs import claim_job, fail_job
from backbone.operations.outbox import claim_message, put_off_message
from backbone.runner import perform
from foundation.actors import Actor
from foundation.tables.writing import Sheet, write_xlsx
from gateway.models import IdempotentAnswer
from gateway.operations import create_key, roles_for_keys
from gateway.scopes import scopes
from members.operations import invite_member
from reporting import operations as reporting
from residency.models import Exit, Stay
from residency.operations.exits import (
    begin_exit_check,
    give_notice,
    request_exit,
    withdraw_exit,
)
from residency.operations.waivers import ask_waiver
from tenants.isolation.context import STAFF, Identity, across_tenants, enter, enter_tenant
from tenants.models import Membership, Tenant
from tenants.seals import seal
from tests import databases
from tests.walls import (
    accounting,
    applying,
    attending,
    billed,
    certifying,
    hosting,
    letting,
    mails,
    reviewing,
    settling,
    spacing,
    teaching,
)
from tests.walls.learning import fill_learners
from tests.walls.marks import Mark
from trade import operations as trade
from trade.models import ImportMapping, OrderImport
from trade.operations.checks import start_check
from trade.operations.exports import start_export

# The same order number in every organisation: whoever mixes rows up by number is seen.
SHARED_NUMBER = "B-1001"

# Texts that no operation writes; ``%(word)s`` stands for the organisation's marker and the word.
BY_HAND = [
    """
    update residency_waiver set said = jsonb_build_object('en', %(said)s::text)
    where tenant_id = %(tenant)s
    """,
    "update trade_channel set platform = %(platform)s where tenant_id = %(tenant)s",
    # As a worker leaves a job while it works on it.
    """
    update backbone_job set state = 'running', started_at = now(), heartbeat_at = now(),
      tries = 1, done = 3, total = 10, note = %(note)s
    where id = (select max(id) from backbone_job where tenant_id = %(tenant)s and state = 'queued')
    """,
]

COLUMNS = [
    *("number", "ordered_at", "sku", "description", "quantity", "unit_price"),
    *("currency", "country"),
]


class Filling:
    """One organisation's year, told in marked words."""

    def __init__(self, mark: Mark, owner: Membership, now: datetime) -> None:
        self.mark, self.now, self.today = mark, now, timezone.localdate(now)
        self.actor = owner.actor(request_id=mark.word("request"))
        self.tenant_id, self.user = owner.tenant_id, owner.user

    def fill(self, onlooker: Membership) -> None:
        """Everything; ``onlooker`` is of the park's staff and looks at the order rows."""
        with self._enter():
            self._orders()
            self._papers()
            self._consent()
            self._programs()
            applying.fill(self.mark, self.actor, self.now)
            # Before the stay is suspended: who is does not book.
            spacing.fill(self.mark, self.actor, self.now)
            hosting.fill(self.mark, self.actor, self.now)
            attending.fill(self.mark, self.actor, self.now)
            teaching.fill(self.mark, self.actor, self.now)
            settling.fill(self.mark, self.actor, self.now)
            reviewing.fill(self.mark, self.actor, self.now)
            letting.fill(self.mark, self.actor, self.now)
            mails.fill(self.mark, self.actor, self.now, self.user)
            hosting.letters(self.actor, self.now)
            fill_learners(self.actor, self.mark, self.now)
            certifying.fill(self.mark, self.actor, self.now)
            billed.fill(self.mark, self.actor, self.now)
            accounting.fill(self.mark, self.actor, self.now)
        self._run_jobs()
        with self._enter():
            # What comes after it waits for the next seal.
            seal(self.tenant_id, self.now + timedelta(hours=3))
            self._unfinished()
        self._be_looked_at(onlooker)
        self._leave(onlooker)
        with self._enter():
            # Last of all messages: it is the one that pages show.
            self._mail_that_failed()
        with enter_tenant(self.tenant_id), across_tenants(self.mark.word("reason")):
            pass
        self._by_hand()

    def _enter(self) -> Any:
        actor = self.actor
        return enter_tenant(actor.tenant_id, user_id=actor.user_id, request_id=actor.request_id)

    # -- orders --------------------------------------------------------------------------------

    def _orders(self) -> None:
        self.mapping = trade.save_mapping(
            actor=self.actor,
            now=self.now,
            name=f"@{self.mark.word('mapping')}",
            channel=f"@{self.mark.word('channel')}",
            columns=self._headers(),
            country_labels={f"+{self.mark.word('label')}": "DE"},
            kind_rules={
                "cancellation": "negative_quantity",
                "adjustment_prefix": self.mark.word("adjustment"),
            },
        )
        # A change, so that the trail has something before and after.
        trade.map_country(
            actor=self.actor, now=self.now, mapping=self.mapping, label=self.mark.word("harbour"),
            country="SG",
        )  # fmt: skip
        done = self._import(self._csv(self._rows()), "orders.csv")
        trade.start_import(actor=self.actor, now=self.now, order_import=done)
        refused = self._import(self._csv(self._rows(wrong=True)), "november.csv")
        trade.start_import(
            actor=self.actor, now=self.now, order_import=refused, all_or_nothing=True
        )
        good_ones = self._import(self._csv(self._rows(wrong=True)), "december.csv")
        trade.start_import(actor=self.actor, now=self.now, order_import=good_ones)
        wanted = {"period": "all", "kind": "csv", "language": "en"}
        wanted["q"] = self.mark.word("order")
        start_export(actor=self.actor, now=self.now, wanted=wanted)

    def _headers(self) -> dict[str, str]:
        return {name: f"{self.mark.word('header')} {name}" for name in COLUMNS}

    def _rows(self, *, wrong: bool = False) -> list[list[str]]:
        """Lines of three orders, one of them cancelled in part; with ``wrong`` two more."""
        word, lately, before = self.mark.word, self.today - timedelta(days=3), self._last_month()
        goods = [word("sku"), f"={word('description')}"]
        there = f"+{word('label')}"
        first, second = f"{word('order')}-1", f"{word('order')}-2"
        found = [
            [first, f"{before} 10:15:00", *goods, "12", "9.60", "USD", there],
            [first, f"{before} 10:15:00", *goods, "-2", "9.60", "USD", there],
            [second, f"{lately} 11:40:00", *goods, "7", "21.90", "EUR", there],
            [SHARED_NUMBER, f"{lately} 12:00:00", *goods, "3", "5.00", "USD", word("atlantis")],
        ]
        if wrong:
            found += [
                [f"{word('order')}-3", f"{lately} 09:00:00", *goods, "eight", "1", "USD", there],
                [f"{word('order')}-4", "yesterday", *goods, "1", "1", "USD", there],
            ]
        return found

    def _last_month(self) -> date:
        return self.today.replace(day=1) - timedelta(days=10)

    def _csv(self, rows: Iterable[list[str]]) -> bytes:
        text = StringIO()
        csv.writer(text).writerows([self._headers().values(), *rows])
        return text.getvalue().encode("utf-8-sig")

    def _workbook(self) -> bytes:
        out = BytesIO()
        write_xlsx(out, [Sheet(self.mark.word("sheet"), [*self._headers().values()], self._rows())])
        return out.getvalue()

    def _upload(self, content: bytes, name: str) -> OrderImport:
        return trade.upload_orders(
            actor=self.actor,
            now=self.now,
            file=BytesIO(content),
            name=f"{self.mark.word('file')}-{name}",
        )

    def _import(self, content: bytes, name: str, **reading: Any) -> OrderImport:
        mapping: ImportMapping = self.mapping
        return trade.read_import_as(
            actor=self.actor,
            now=self.now,
            order_import=self._upload(content, name),
            mapping=mapping,
            **reading,
        )

    # -- papers, notices, figures --------------------------------------------------------------

    def _papers(self) -> None:
        word = self.mark.word
        backbone.store_document(
            actor=self.actor,
            now=self.now,
            file=BytesIO(f"{word('content')}\n".encode()),
            name=f"{word('file')}.txt",
            purpose=word("purpose"),
        )
        backbone.notify(
            actor=self.actor,
            now=self.now,
            user_id=self.user.pk,
            kind=word("kind"),
            title=word("title"),
            body=word("body"),
            url=f"/o/{self.mark.slug}/figures/",
            key=word("key"),
        )
        self._mail("sent")
        invite_member(
            actor=self.actor,
            now=self.now,
            tenant=Tenant.objects.get(pk=self.tenant_id),
            email=f"{word('guest')}@example.test",
            full_name=word("guest"),
            roles=["member"],
        )
        park = Actor(user_id=None, tenant_id=self.tenant_id, is_staff=True)
        reporting.describe_park(
            actor=park, now=self.now, floor_area=Decimal(1200), opened_on=date(2024, 1, 1)
        )
        reporting.set_target(
            actor=park, now=self.now, metric="exports", measure="yearly", value=Decimal(90_000),
            starts_on=date(2024, 1, 1), ends_on=date(2029, 12, 31), source=word("source"),
        )  # fmt: skip

    def _mail(self, key: str) -> None:
        said = {"title": {"en": self.mark.word("subject")}, "reason": {"en": self.mark.word("why")}}
        context = {"path": f"/o/{self.mark.slug}/jobs/", "said": said}
        backbone.send_mail_to(
            actor=self.actor,
            now=self.now,
            user=self.user,
            template="backbone/mail/job_finished",
            context=context,
            key=self.mark.word(key),
        )

    def _mail_that_failed(self) -> None:
        self._mail("failed")
        waiting = OutboxMessage.objects.get(key=f"mail:{self.mark.word('failed')}")
        claimed = claim_message(actor=self.actor, now=self.now, message_id=waiting.pk)
        assert claimed is not None
        put_off_message(
            actor=self.actor, now=self.now, message=claimed, error=self.mark.word("error")
        )

    def _programs(self) -> None:
        """A key of the organisation, and what a call with it answered."""
        tenant = Tenant.objects.get(pk=self.tenant_id)
        create_key(
            actor=self.actor,
            now=self.now,
            tenant=tenant,
            name=self.mark.word("program"),
            role=roles_for_keys(tenant.kind)[0],
            scopes=list(scopes()),
            expires_at=self.now + timedelta(days=90),
        )
        IdempotentAnswer.objects.create(
            tenant=tenant,
            key=self.mark.word("call"),
            fingerprint="0" * 64,
            status=201,
            body=json.dumps({"file": self.mark.word("answer")}),
        )

    # -- jobs ----------------------------------------------------------------------------------

    def _run_jobs(self) -> None:
        """What was started so far: one job succeeds, one fails, an export is written."""
        with self._enter():
            waiting = list(self._jobs().values_list("pk", flat=True))
        for pk in waiting:
            perform(tenant_id=self.tenant_id, job_id=pk)

    def _jobs(self) -> Any:
        return Job.objects.filter(tenant_id=self.tenant_id, state="queued").order_by("pk")

    def _unfinished(self) -> None:
        """An import nobody read yet, one to be checked, one in the queue, jobs that go on."""
        self._upload(self._csv(self._rows()), "unread.csv")
        checked = self._import(self._workbook(), "checked.xlsx")
        failed = start_check(actor=self.actor, now=self.now, order_import=checked)
        claimed = claim_job(actor=self.actor, now=self.now, job_id=failed.pk)
        assert claimed is not None
        fail_job(
            actor=self.actor,
            now=self.now,
            job=claimed,
            code=self.mark.word("code"),
            message=self.mark.word("failure"),
        )
        queued = self._import(self._csv(self._rows(wrong=True)), "queued.csv")
        trade.start_import(actor=self.actor, now=self.now, order_import=queued)
        start_check(actor=self.actor, now=self.now, order_import=checked)

    # -- consent -------------------------------------------------------------------------------

    def _consent(self) -> None:
        ended = self._agree(days=1)
        trade.end_row_access(actor=self.actor, now=self.now, consent=ended)
        self._agree(days=30)

    def _agree(self, *, days: int) -> Any:
        ends_on = self.today + timedelta(days=days)
        return trade.consent_to_row_access(
            actor=self.actor, now=self.now, starts_on=self.today, ends_on=ends_on
        )

    def _be_looked_at(self, onlooker: Membership) -> None:
        with enter(Identity(STAFF, onlooker.tenant_id, onlooker.user_id)):
            trade.look_at_rows(
                actor=onlooker.actor(is_staff=True),
                now=self.now,
                tenant_id=self.tenant_id,
                purpose=self.mark.word("lookfor"),
                looked_at={"q": self.mark.word("order")},
            )

    # -- leaving the park ----------------------------------------------------------------------

    def _leave(self, onlooker: Membership) -> None:
        """An exit that was withdrawn, one in its exit check with a waiver asked for, a rule."""
        with self._enter():
            stay, _made = Stay.objects.get_or_create(
                tenant_id=self.tenant_id,
                defaults={
                    "kind": "exporter",
                    "starts_on": self.today - timedelta(days=300),
                    "ends_on": self.today + timedelta(days=60),
                },
            )
            withdrawn = self._ask_to_leave(stay)
            withdraw_exit(
                actor=self.actor, now=self.now, park_exit=withdrawn,
                reason=self.mark.word("withdrawn"),
            )  # fmt: skip
            leaving = self._ask_to_leave(stay)
        self._see_to_exit(leaving, onlooker)
        park = Actor(user_id=None, tenant_id=self.tenant_id, is_staff=True)
        with self._enter():
            backbone.set_retention_rule(
                actor=park, now=self.now, data="residency.leads", days=365, starts_on=self.today,
                source=self.mark.word("law"),
            )  # fmt: skip

    def _ask_to_leave(self, stay: Stay) -> Exit:
        return request_exit(
            actor=self.actor, now=self.now, stay=stay, reason="move",
            reason_note=self.mark.word("moves"), leaves_on=self.today + timedelta(days=20),
        )  # fmt: skip

    def _see_to_exit(self, leaving: Exit, onlooker: Membership) -> None:
        staff = onlooker.actor(is_staff=True)
        with enter(Identity(STAFF, onlooker.tenant_id, onlooker.user_id)):
            give_notice(actor=staff, now=self.now, park_exit=leaving, leaves_on=leaving.leaves_on)
            begin_exit_check(actor=staff, now=self.now, park_exit=leaving)
            tenant = Tenant.objects.get(pk=self.tenant_id)
            blocks = next(item for item in clearance(tenant, self.now)["backbone"] if item.blocking)
            ask_waiver(
                actor=staff, now=self.now, park_exit=leaving, app="backbone", code=blocks.code,
                key=blocks.key, reason=self.mark.word("waiver"),
            )  # fmt: skip

    def _by_hand(self) -> None:
        name = connection.settings_dict["NAME"]
        with closing(databases.connect_owner(name)) as owner, owner.cursor() as cursor:
            for statement in BY_HAND:
                words = {
                    name: self.mark.word(name) for name in re.findall(r"%\((\w+)\)s", statement)
                }
                cursor.execute(statement, words | {"tenant": self.tenant_id})
