"""The park brief (园区简报): one bilingual page with the figures of the day, made by a job."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backbone.jobs import register
from backbone.models import Job
from backbone.operations import store_document
from backbone.progress import Reporter
from backbone.purposes import register_purpose
from foundation.money import format_number, format_short
from foundation.pdf import render
from reporting.progress import Progress
from reporting.queries import ExportMonth, current_targets, export_months, park_profile
from tenants.isolation.context import across_tenants
from tenants.kinds import Role

KIND = "reporting.park_brief"
PURPOSE = "park_brief"
LANGUAGES = ("zh-hans", "en")


def announce() -> None:
    """Tell the backbone what this job is called and where its result opens."""
    register(KIND, make_brief, label=gettext_lazy("Park brief"), result_url=_result_url)
    register_purpose(PURPOSE, label=gettext_lazy("Park brief"), readers={Role.FINANCE, Role.MEMBER})


def make_brief(job: Job, reporter: Reporter) -> dict[str, Any]:
    """Compile the page from today's figures and store it; running twice makes a second file."""
    now = timezone.now()
    reporter.report(done=0, total=2, note=str(_("Counting")))
    with job.enter(), across_tenants("park brief"):
        data = brief_data(timezone.localdate(now))
    reporter.report(done=1, note=str(_("Writing the page")))
    reporter.check()
    pdf = render("reporting/park_brief", data, language="zh-hans")
    with job.enter():
        document = store_document(
            actor=job.actor,
            now=now,
            file=BytesIO(pdf),
            name=f"park-brief-{timezone.localdate(now)}.pdf",
            purpose=PURPOSE,
            created_by_id=job.requested_by_id,
        )
    reporter.report(done=2)
    return {"document": document.pk}


def brief_data(today: date) -> dict[str, Any]:
    """What the template prints: every text in both languages, every figure ready to print."""
    targets, months, profile = current_targets(today), export_months(today), park_profile()
    return {
        "day": today.isoformat(),
        "park": [profile.tenant.name, profile.tenant.name_en] if profile else ["", ""],
        "area": format_number(profile.floor_area.normalize()) if profile else "--",
        "targets": [_target_row(progress) for progress in targets],
        "months": _bars(months),
        "provisional": any(progress.actual.provisional for progress in targets),
        "texts": [_texts(language) for language in LANGUAGES],
    }


def _target_row(progress: Progress) -> dict[str, Any]:
    target, unit = progress.target, progress.definition.unit
    return {
        "names": [_in(language, target.get_metric_display) for language in LANGUAGES],
        "measures": [_in(language, target.get_measure_display) for language in LANGUAGES],
        "unit": unit,
        "span": f"{target.starts_on.year}–{target.ends_on.year}",
        "target": _figure(target.value),
        "actual": _figure(progress.actual.value),
        "this_year": _figure(progress.this_year.value),
        "forecast": _figure(progress.forecast),
        "percent": progress.percent,
    }


def _figure(value: Decimal) -> str:
    """Whole numbers, money in whole yuan: a page to be read, not booked from."""
    return format_number(value, 0)


def _bars(months: list[ExportMonth]) -> list[dict[str, Any]]:
    """Each month's exports with its share of the largest, for the bars."""
    largest = max((month.net_cny for month in months), default=Decimal(0)) or Decimal(1)
    return [
        {
            "month": f"{month.month:%Y-%m}",
            "value": format_short(month.net_cny, "en"),
            "share": float(max(month.net_cny, Decimal(0)) / largest),
        }
        for month in months
    ]


def _texts(language: str) -> dict[str, str]:
    with translation.override(language):
        return {
            "title": _("Park brief"),
            "floor_area": _("Floor area"),
            "figure": _("Figure"),
            "target": _("Target"),
            "reached": _("Reached"),
            "this_year": _("This year"),
            "forecast": _("At present speed"),
            "months": _("Exports of the last twelve months, CNY"),
            "source": _(
                "Platform orders as uploaded by the organisations, not verified by customs."
            ),
            "provisional": _("Provisional: for some days there was no reference rate yet."),
        }


def _in(language: str, text: Any) -> str:
    with translation.override(language):
        return str(text())


def _result_url(job: Job) -> str:
    document = job.result.get("document")
    if document is None:
        return ""
    return reverse("backbone:file", kwargs={"tenant": job.tenant.slug, "pk": document})
