"""The import wizard; each step has its own address and keeps its state in the import's row."""

from __future__ import annotations

import contextlib
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backbone import operations as jobs
from backbone.paging import page_of
from foundation.errors import DomainError, WrongState
from foundation.tables.errors import TableError
from trade import operations, queries
from trade.exports import TYPES
from trade.forms import ReadingForm, RunForm, UploadForm
from trade.models import OrderImport
from trade.operations.checks import rejected_rows
from trade.permissions import permissions
from trade.pipeline.reasons import sentence
from trade.spans import period_of_days
from trade.wizard import preview as previews
from trade.wizard import samples, stages
from trade.wizard.reading import candidates_of, look_at
from trade.wizard.reports import is_small
from trade.wizard.stages import stage_of, state_of, steps

HISTORY_ROWS = 25
UTF_8 = ("utf-8", "utf-8-sig")


@require_safe
def history(request: Any) -> HttpResponse:
    """The organisation's imports, newest first."""
    page = page_of(queries.recent_imports(request.actor).order_by(), request.GET, HISTORY_ROWS)
    shown = [{"import": row, "state": state_of(row), "stage": stage_of(row)} for row in page.rows]
    return render(request, "trade/imports.html", {"page": page, "imports": shown} | _may(request))


def upload(request: Any) -> HttpResponse:
    permissions.require(request.actor, "import_orders")
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            file = form.cleaned_data["file"]
            own = operations.receive_orders(
                actor=request.actor, now=timezone.now(), file=file, name=file.name
            )
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            return redirect(stage_of(own), tenant=request.tenant.slug, import_id=own.pk)
    context = {"form": form, "steps": steps(None, "trade:import_new"), "fields": samples.fields()}
    return render(request, "trade/import_new.html", context)


def reading(request: Any, import_id: int) -> HttpResponse:
    """Which encoding, separator and sheet; never guessed where the bytes leave a choice."""
    own = _own(request, import_id)
    if own.job_id is not None or own.is_finished:
        return _to_stage(request, own)
    candidates = candidates_of(own)
    look = look_at(own)
    only = candidates[0].encoding if len(candidates) == 1 else ""
    initial = {"encoding": own.encoding or only, "delimiter": look.delimiter, "sheet": own.sheet}
    form = ReadingForm(
        request.POST or None,
        initial=initial,
        look=look,
        encodings=[(each.encoding, str(each.label)) for each in candidates],
    )
    if request.method == "POST" and form.is_valid() and _read_as(request, own, form):
        name = stages.READING if "again" in request.POST else stages.MAPPING
        return redirect(name, tenant=request.tenant.slug, import_id=own.pk)
    is_sure = bool(own.encoding) or only in UTF_8
    context = {"form": form, "look": look, "candidates": candidates, "own": own, "is_sure": is_sure}
    return render(
        request, "trade/import_reading.html", context | {"steps": steps(own, stages.READING)}
    )


def _read_as(request: Any, own: OrderImport, form: ReadingForm) -> bool:
    now = timezone.now()
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    try:
        own = operations.read_import_as(actor=request.actor, now=now, order_import=own, **chosen)
        previews.prepare(request.actor, now, own)
    except TableError as error:
        form.add_error(None, str(error))
        return False
    return True


def preview(request: Any, import_id: int) -> HttpResponse:
    """What the import would do, and the choice between the good rows and all or nothing."""
    own = _own(request, import_id)
    if stage_of(own) != stages.PREVIEW:
        return _to_stage(request, own)
    context: dict[str, Any] = {"own": own, "steps": steps(own, stages.PREVIEW)} | _may(request)
    context["is_large"] = not is_small(own)
    try:
        found = previews.find(request.actor, timezone.now(), own)
    except TableError as error:
        found, context["problem"] = previews.Found(), error
    if found.job is not None:
        name = "progress" if request.htmx else "preview"
        context |= _moving(found.job, request.path) | {"is_check": True}
        return render(request, f"trade/import_{name}.html", context)
    if request.htmx:
        return _reload(request.path)
    if found.report is None:
        return render(request, "trade/import_preview.html", context)
    form = RunForm(request.POST or None, rejected=found.report["rejected"])
    if request.method == "POST" and form.is_valid():
        return _start(request, own, form.cleaned_data["amount"] == "all")
    known = previews.earlier_import(request.actor, own)
    context |= {"report": found.report, "form": form, "earlier": known}
    return render(request, "trade/import_preview.html", context)


def _start(request: Any, own: OrderImport, all_or_nothing: bool) -> HttpResponse:
    """A second press of the button finds the job started and goes to the same page."""
    with contextlib.suppress(WrongState):
        operations.start_import(
            actor=request.actor,
            now=timezone.now(),
            order_import=own,
            all_or_nothing=all_or_nothing,
        )
    return redirect(stages.RUN, tenant=request.tenant.slug, import_id=own.pk)


@require_POST
def check(request: Any, import_id: int) -> HttpResponse:
    """Check a large file again, after its mapping changed or the last check came to nothing."""
    permissions.require(request.actor, "import_orders")
    own = _own(request, import_id)
    if stage_of(own) == stages.PREVIEW:
        previews.prepare(request.actor, timezone.now(), own)
    return _to_stage(request, own)


@require_safe
def rejected(request: Any, import_id: int) -> FileResponse | HttpResponse:
    """The rows that would be rejected, before anything is imported."""
    own, now = _own(request, import_id), timezone.now()
    if kept := previews.kept_rejected(request.actor, now, own):
        return redirect("backbone:file", tenant=request.tenant.slug, pk=kept.pk)
    file = rejected_rows(actor=request.actor, now=now, order_import=own)
    stem = own.document.name.rpartition(".")[0] or own.document.name
    return _download(file, f"{stem}-rejected.csv")


@require_safe
def run(request: Any, import_id: int) -> HttpResponse:
    """The running import; without scripts the page asks again by itself."""
    own = _own(request, import_id)
    if stage_of(own) != stages.RUN:
        return _to_stage(request, own)
    context = {"own": own, "steps": steps(own, stages.RUN)} | _may(request)
    context |= _moving(own.job, _address(request, "trade:import_progress", own))
    return render(request, "trade/import_run.html", context)


@require_safe
def progress(request: Any, import_id: int) -> HttpResponse:
    """The moving part; once the import is done the browser goes on to its result."""
    own = _own(request, import_id)
    if stage_of(own) != stages.RUN:
        return _reload(_address(request, stage_of(own), own))
    context = {"own": own} | _may(request) | _moving(own.job, request.path)
    return render(request, "trade/import_progress.html", context)


@require_POST
def cancellation(request: Any, import_id: int) -> HttpResponse:
    return _change_job(request, import_id, jobs.request_cancel)


@require_POST
def resumption(request: Any, import_id: int) -> HttpResponse:
    return _change_job(request, import_id, jobs.resume_job)


def _change_job(request: Any, import_id: int, operation: Any) -> HttpResponse:
    own = _own(request, import_id)
    if own.job is None:  # not started yet
        raise WrongState
    try:
        operation(actor=request.actor, now=timezone.now(), job=own.job)
    except WrongState:
        messages.warning(request, _("The import was already finished; this is how it ended."))
    return _to_stage(request, own)


@require_safe
def result(request: Any, import_id: int) -> HttpResponse:
    """What came of the file; before that, the step at which it stands."""
    own = _own(request, import_id)
    if not own.is_finished:
        return _to_stage(request, own)
    told = own.result or {}
    period = str(period_of_days(own.first_on, own.last_on)) if own.first_on and own.last_on else ""
    context = {
        "own": own,
        "told": told,
        "period": period,
        "skipped": [
            (capfirst(sentence(reason)), count) for reason, count in told["skipped"].items()
        ],
        "rejected": [
            (capfirst(sentence(reason)), count) for reason, count in told["rejected"].items()
        ],
        "rejected_rows": sum(told["rejected"].values()),
        "skipped_rows": sum(told["skipped"].values()),
        "nothing_new": not told["inserted"] and told["already_known"] > 0,
        "steps": steps(own, stages.RESULT),
    }
    return render(request, "trade/import.html", context | _may(request))


@require_safe
def template(request: Any, kind: str) -> FileResponse:
    """An empty table to fill in, with notes on each column in both languages."""
    makers = {"csv": samples.template_csv, "xlsx": samples.template_xlsx}
    if kind not in makers:
        raise Http404
    return _download(BytesIO(makers[kind]()), f"orders-template.{kind}")


@require_safe
def sample(request: Any) -> FileResponse:
    """A small file with mistakes worth seeing once."""
    content = samples.sample_csv(timezone.localdate())
    return _download(BytesIO(content), "orders-sample-with-mistakes.csv")


def _download(file: Any, name: str) -> FileResponse:
    kind = TYPES[name.rpartition(".")[2]]
    return FileResponse(file, as_attachment=True, filename=name, content_type=kind)


def _own(request: Any, import_id: int) -> OrderImport:
    """The organisation's import with what its pages show, a 404 for a stranger's."""
    permissions.require(request.actor, "see_orders")
    found = queries.recent_imports(request.actor).select_related("mapping__channel")
    own = found.filter(pk=import_id).first()
    if own is None:
        raise Http404
    return own


def _to_stage(request: Any, own: OrderImport) -> HttpResponse:
    return redirect(stage_of(own), tenant=request.tenant.slug, import_id=own.pk)


def _address(request: Any, name: str, own: OrderImport) -> str:
    return str(redirect(name, tenant=request.tenant.slug, import_id=own.pk).url)


def _moving(job: Any, poll: str) -> dict[str, Any]:
    """A job's progress; a finished one is not asked for again."""
    return {"job": job, "doing": stages.doing(job), "poll_url": "" if job.is_finished else poll}


def _reload(address: str) -> HttpResponse:
    """htmx loads the whole page instead of the part it asked for."""
    return HttpResponse(headers={"HX-Redirect": address})


def _may(request: Any) -> dict[str, bool]:
    return {"may_import": permissions.permits(request.actor, "import_orders")}
