"""The wrong rows of a list of people as a file: to mend, and to upload.

The list is not kept, so its wrong rows travel in the page, signed: what comes back is what this
organisation was shown of this session, and nothing else becomes a file.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from foundation.tables.writing import Sheet, write_csv, write_xlsx
from training.models import Session
from training.roster.plan import Plan, Verdict

SALT = "training.list.wrong"
KEPT_SECONDS = 24 * 3600
KINDS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def packed(plan: Plan, session: Session, tenant_id: int) -> str:
    """The wrong rows with what is wrong, in the reader's language; "" where there are none."""
    rows = [
        [row.number, row.name, row.line, str(row.problem)]
        for row in plan.rows
        if row.verdict == Verdict.WRONG
    ]
    told = [tenant_id, session.pk, rows]
    return signing.dumps(told, salt=SALT, compress=True) if rows else ""


def unpacked(token: str, session: Session, tenant_id: int) -> list[list[Any]] | None:
    """None for what was not packed for this organisation and session within the day."""
    try:
        holder, pk, rows = signing.loads(token, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return None
    return rows if (holder, pk) == (tenant_id, session.pk) else None


def file_of(rows: list[list[Any]], kind: str) -> bytes:
    """No cell becomes a formula; the first columns are those that a list is read by."""
    heads = [_("Student number"), pgettext("person", "Name")]
    heads += [_("Row in the file"), _("What is wrong")]
    out = BytesIO()
    if kind == "csv":
        write_csv(out, heads, rows)
    else:
        write_xlsx(out, [Sheet(_("Wrong rows"), heads, rows)])
    return out.getvalue()
