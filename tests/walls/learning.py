"""Fills the learner register of one organisation; part of ``filling.py``."""

from __future__ import annotations

import csv
from datetime import datetime
from io import BytesIO, StringIO
from unittest.mock import patch

from django.utils import timezone

from foundation.actors import Actor
from foundation.tables.writing import Sheet, write_xlsx
from learners import operations, rules
from learners.models import Learner, RosterUpload
from learners.roster.columns import ENGLISH
from learners.roster.plan import make_plan
from learners.roster.reading import open_roster
from learners.values import FIELDS
from tenants.kinds import TenantKind
from tests.walls.marks import Mark


def fill_learners(actor: Actor, mark: Mark, now: datetime) -> None:
    """Rosters, learners in each state, consents.

    The walls stand between competitors too, and enterprises keep no learners: for the filling
    they may, so that a row of each is there to be looked for.
    """
    with patch.object(rules, "UNIVERSITIES", frozenset(TenantKind.values)):
        _rosters(actor, mark, now)
        _people(actor, mark, now)


def _rosters(actor: Actor, mark: Mark, now: datetime) -> None:
    """One in the register but for a wrong row, with its consents; one that is only looked at."""
    done = _upload(actor, now, _workbook(mark, now), f"{mark.word('roster')}.xlsx")
    with open_roster(done) as table:
        seen = make_plan(actor, table, timezone.localdate(now)).digest
    operations.apply_roster(
        actor=actor, now=now, upload=done, seen=seen, only_good=True, declares_consent=True
    )
    text = StringIO()
    csv.writer(text).writerows([_headers(), *_rows(mark, now)])
    _upload(actor, now, text.getvalue().encode("utf-8-sig"), f"{mark.word('roster')}.csv")


def _upload(actor: Actor, now: datetime, content: bytes, name: str) -> RosterUpload:
    return operations.upload_roster(actor=actor, now=now, file=BytesIO(content), name=name)


def _workbook(mark: Mark, now: datetime) -> bytes:
    out = BytesIO()
    write_xlsx(out, [Sheet(mark.word("sheet"), _headers(), _rows(mark, now))])
    return out.getvalue()


def _headers() -> list[str]:
    return [ENGLISH[name][0] for name in FIELDS]


def _rows(mark: Mark, now: datetime) -> list[list[str]]:
    year = str(timezone.localdate(now).year)
    names = [mark.word("learner"), mark.word("programme")]
    more = [mark.word("pinyin"), "13800000001", f"{mark.word('mailto')}@example.test"]
    return [
        [f"{mark.word('number')}-1", *names, year, *more],
        [f"{mark.word('number')}-2", *names, year, *more],
        [f"{mark.word('number')}-3", *names, "soon", *more],
    ]


def _people(actor: Actor, mark: Mark, now: datetime) -> None:
    first = Learner.objects.visible_to(actor).order_by("pk")[0]
    operations.withdraw_consent(actor=actor, now=now, learner=first, own_wish=False)
    operations.release_learner(actor=actor, now=now, learner=first)
    said = dict(zip(FIELDS, _rows(mark, now)[0], strict=True))
    number = f"{mark.word('number')}-9"
    new = operations.record_learner(actor=actor, now=now, said=said | {"number": number})
    operations.send_link(actor=actor, now=now, learner=new)
