"""The register as a table people take away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from foundation.errors import Sentence
from foundation.tables.writing import Sheet, write_csv, write_xlsx
from learners.models import Learner
from learners.shown import Shown
from learners.values import FIELDS, label_of

# More than this is made by a job: a page must not wait for it.
DIRECT_ROWS = 5_000
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def headers() -> list[Sentence]:
    """Those of the roster first, so that an export can be mended and uploaded again."""
    return [*(capfirst(str(label_of(name))) for name in FIELDS), _("State"), _("Left on"), _("Consent")]  # fmt: skip


def rows(learners: QuerySet[Learner]) -> Iterator[list[Any]]:
    for learner in learners.iterator(2_000):
        consent, _tone = Shown(learner, is_full=True).consent
        yield [
            *(_cell(learner, name) for name in FIELDS),
            learner.get_state_display(),
            learner.left_on,
            consent,
        ]


def write_learners(out: IO[bytes], kind: str, learners: QuerySet[Learner]) -> None:
    found: Iterable[list[Any]] = rows(learners)
    if kind == "csv":
        write_csv(out, headers(), found)
    else:
        write_xlsx(out, [Sheet(_("Learners"), headers(), found)])


def _cell(learner: Learner, name: str) -> str:
    # A year as text, too: with a separator of thousands it would be no year.
    return str(getattr(learner, name))
