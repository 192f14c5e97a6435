"""Files that go back: the template to fill in, and the rows that were wrong."""

from __future__ import annotations

from io import BytesIO

import xlsxwriter
from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from foundation.tables.writing import write_csv
from learners.roster.columns import CHINESE, ENGLISH, EXAMPLES, NOTES
from learners.roster.plan import Plan, Verdict
from learners.values import FIELDS, REQUIRED, label_of

COLUMN_WIDTH, NOTE_WIDTH = 20, 320


def headers() -> list[str]:
    """The template's, in the reader's language; both are read."""
    names = CHINESE if (get_language() or "").startswith("zh") else ENGLISH
    return [names[name][0] for name in FIELDS]


def columns() -> list[dict[str, object]]:
    """The table under the upload form: what each column holds."""
    return [
        {
            "header": header,
            "note": NOTES[name],
            "example": EXAMPLES[name],
            "required": name in REQUIRED,
            "also": ", ".join([*CHINESE[name][:3], *ENGLISH[name][:2]]),
        }
        for name, header in zip(FIELDS, headers(), strict=True)
    ]


def template_csv() -> bytes:
    """The header alone: example rows would end up in the register."""
    out = BytesIO()
    write_csv(out, headers(), [])
    return out.getvalue()


def template_xlsx() -> bytes:
    """An empty sheet of text cells, so that no spreadsheet shortens a number."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E9ECEF", "bottom": 1})
        sheet = book.add_worksheet(_("Roster"))
        sheet.set_column(0, len(FIELDS) - 1, COLUMN_WIDTH, book.add_format({"num_format": "@"}))
        for column, (name, header) in enumerate(zip(FIELDS, headers(), strict=True)):
            sheet.write_string(0, column, header, bold)
            sheet.write_comment(0, column, _explained(name), {"width": NOTE_WIDTH})
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def wrong_csv(plan: Plan) -> bytes:
    """The wrong rows as they stood, with their number and what is wrong; to mend and upload."""
    out = BytesIO()
    width = len(plan.headers)
    rows = [
        [*row.cells[:width], *[""] * (width - len(row.cells)), row.line, " ".join(map(str, row.problems))]
        for row in plan.of(Verdict.WRONG)
    ]  # fmt: skip
    write_csv(out, [*plan.headers, _("Row in the file"), _("What is wrong")], rows)
    return out.getvalue()


def _explained(name: str) -> str:
    said = []
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            needed = _("Required.") if name in REQUIRED else _("Optional.")
            said.append(f"{label_of(name)}: {NOTES[name]} {needed}")
    return "\n".join([*said, EXAMPLES[name]])
