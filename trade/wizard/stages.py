"""At which step an import stands, told from its row alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from backbone.models.jobs import Job, JobState
from foundation.errors import Sentence
from trade.models import OrderImport

READING, MAPPING, PREVIEW, RUN, RESULT = (
    "trade:import_reading",
    "trade:import_mapping",
    "trade:import_preview",
    "trade:import_run",
    "trade:import",
)
LABELS: dict[str, Sentence] = {
    "trade:import_new": _("Upload"),
    READING: _("Reading"),
    MAPPING: _("Columns"),
    PREVIEW: _("Check"),
    RUN: _("Import"),
    RESULT: _("Result"),
}
TONES = {
    JobState.QUEUED: "neutral",
    JobState.RUNNING: "info",
    JobState.FAILED: "danger",
    JobState.CANCELLED: "warning",
}
# What the pipeline notes while it runs.
NOTES: dict[str, Sentence] = {
    "reading": _("Reading the rows"),
    "waiting": _("Waiting for another import of your organisation"),
    "orders": _("Finding orders"),
    "writing": _("Writing lines"),
    "figures": _("Summing up figures"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way; ``url_name`` is empty where it cannot be opened now."""

    label: Sentence
    url_name: str
    is_current: bool
    is_done: bool


def stage_of(order_import: OrderImport) -> str:
    """The name of the view that shows the step at which the import stands."""
    if order_import.is_finished:
        return RESULT
    if order_import.job_id is not None:
        return RUN
    if not order_import.encoding:
        return READING
    return MAPPING if order_import.mapping_id is None else PREVIEW


def steps(order_import: OrderImport | None, current: str) -> list[Step]:
    """The whole way, with the steps that may be opened again."""
    names = list(LABELS)
    place = names.index(current)
    reached = names.index(stage_of(order_import)) if order_import else 0
    editable = order_import is not None and order_import.job_id is None
    return [
        Step(
            LABELS[name],
            name if editable and 0 < number <= reached and name != current else "",
            is_current=name == current,
            is_done=number < max(place, reached),
        )
        for number, name in enumerate(names)
    ]


def state_of(order_import: OrderImport) -> tuple[Sentence, str]:
    """In words and with a tone, for lists."""
    if order_import.is_finished:
        rejected = sum((order_import.result or {}).get("rejected", {}).values())
        return (_("Done, with rejected rows"), "warning") if rejected else (_("Done"), "success")
    if order_import.job is not None:
        return order_import.job.get_state_display(), TONES.get(
            JobState(order_import.job.state), "info"
        )
    return _("Waits for your choice"), "warning"


def doing(job: Job) -> Sentence:
    """What a job is at, in a few words."""
    if job.is_being_cancelled:
        return _("Stopping after the current step")
    if job.state == JobState.QUEUED:
        return _("Waiting for a free worker")
    return NOTES.get(job.note, _("Working"))
