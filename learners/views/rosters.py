"""A roster's way: uploaded, read, looked at, put into the register."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backbone.paging import page_of
from foundation.errors import DomainError, InvalidInput
from learners import operations
from learners.consent_text import CURRENT, text_of
from learners.exports import TYPES
from learners.forms import ApplyForm, RosterForm, RosterReadingForm
from learners.models import RosterUpload
from learners.permissions import permissions
from learners.roster import files, reading
from learners.roster.plan import LABELS, Plan, Verdict, make_plan
from learners.views.lists import as_file

HISTORY_ROWS = 20
# Rows of one verdict that a page shows; the file with the wrong ones has them all.
SHOWN_ROWS = 50
TONES = {
    Verdict.NEW: "success",
    Verdict.CHANGED: "info",
    Verdict.SAME: "neutral",
    Verdict.DOUBLE: "warning",
    Verdict.WRONG: "danger",
}


@require_http_methods(["GET", "HEAD", "POST"])
def rosters(request: Any) -> HttpResponse:
    """Upload one, and what came of the earlier ones."""
    permissions.require(request.actor, "keep_learners")
    is_sent = request.method == "POST"
    form = RosterForm(*((request.POST, request.FILES) if is_sent else (None, None)))
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            own = operations.upload_roster(
                actor=request.actor, now=timezone.now(), file=file, name=file.name
            )
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            return _to(request, own)
    earlier = RosterUpload.objects.visible_to(request.actor).select_related("created_by")
    page = page_of(earlier, request.GET, HISTORY_ROWS)
    context = {"form": form, "page": page, "columns": files.columns()}
    return render(request, "learners/rosters.html", context)


@require_GET
def template(request: Any, kind: str) -> HttpResponse:
    permissions.require(request.actor, "keep_learners")
    made = {"csv": files.template_csv, "xlsx": files.template_xlsx}
    if kind not in made:
        raise Http404
    name = f"roster-template.{kind}"
    return HttpResponse(made[kind](), content_type=TYPES[kind], headers=as_file(name))


@require_http_methods(["GET", "HEAD", "POST"])
def roster(request: Any, pk: int) -> HttpResponse:
    """What the file would do, and the button; afterwards what it did."""
    own = _own(request, pk)
    if own.is_applied:
        return render(request, "learners/roster_result.html", {"own": own, **_result(own)})
    if not own.encoding and own.document is not None:
        return redirect("learners:roster_reading", tenant=request.tenant.slug, pk=own.pk)
    try:
        plan = _plan(request, own)
    except InvalidInput as error:
        return render(request, "learners/roster.html", {"own": own, "problem": str(error)})
    form = ApplyForm(
        request.POST if request.method == "POST" else None,
        wrong=plan.counts["wrong"],
        initial={"seen": plan.digest, "amount": "good"},
    )
    if form.is_bound and form.is_valid() and _apply(request, own, form):
        return _to(request, own)
    return render(request, "learners/roster.html", _preview(request, own, plan, form))


@require_http_methods(["GET", "HEAD", "POST"])
def roster_reading(request: Any, pk: int) -> HttpResponse:
    """Which encoding or sheet, where the file leaves a choice."""
    own = _own(request, pk)
    if own.is_applied or own.document is None:
        return _to(request, own)
    candidates = reading.candidates_of(own) if own.is_text else []
    sheets = [] if own.is_text else reading.sheets_of(own)
    form = RosterReadingForm(
        request.POST if request.method == "POST" else None,
        encodings=[each.encoding for each in candidates],
        sheets=sheets,
        initial={"encoding": own.encoding, "sheet": own.sheet},
    )
    if form.is_bound and form.is_valid() and _read_as(request, own, form):
        return _to(request, own)
    context = {"own": own, "form": form, "candidates": candidates}
    return render(request, "learners/roster_reading.html", context)


@require_GET
def wrong(request: Any, pk: int) -> HttpResponse:
    """The wrong rows as a file, to mend and upload again."""
    plan = _plan(request, _own(request, pk))
    return HttpResponse(
        files.wrong_csv(plan), content_type=TYPES["csv"], headers=as_file("roster-wrong-rows.csv")
    )


@require_POST
def discarding(request: Any, pk: int) -> HttpResponse:
    operations.discard_roster(actor=request.actor, now=timezone.now(), upload=_own(request, pk))
    messages.success(request, _("The file is forgotten."))
    return redirect("learners:rosters", tenant=request.tenant.slug)


def _own(request: Any, pk: int) -> RosterUpload:
    permissions.require(request.actor, "keep_learners")
    visible = RosterUpload.objects.visible_to(request.actor)
    return get_object_or_404(visible.select_related("document", "created_by"), pk=pk)


def _to(request: Any, own: RosterUpload) -> HttpResponse:
    return redirect("learners:roster", tenant=request.tenant.slug, pk=own.pk)


def _plan(request: Any, own: RosterUpload) -> Plan:
    with reading.open_roster(own) as table:
        reading.check_table(table)
        return make_plan(request.actor, table, timezone.localdate())


def _apply(request: Any, own: RosterUpload, form: ApplyForm) -> bool:
    try:
        operations.apply_roster(
            actor=request.actor,
            now=timezone.now(),
            upload=own,
            seen=form.cleaned_data["seen"],
            only_good=form.only_good,
            declares_consent=form.cleaned_data["declares_consent"],
        )
    except DomainError as error:
        if error.code == "applied":
            # The second press of the button: the first one did it.
            return True
        form.add_error(None, str(error))
        return False
    return True


def _read_as(request: Any, own: RosterUpload, form: RosterReadingForm) -> bool:
    try:
        operations.read_roster_as(
            actor=request.actor, now=timezone.now(), upload=own, **form.cleaned_data
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    return True


def _preview(request: Any, own: RosterUpload, plan: Plan, form: ApplyForm) -> dict[str, Any]:
    counts = plan.counts
    order = (Verdict.WRONG, Verdict.CHANGED, Verdict.NEW, Verdict.DOUBLE, Verdict.SAME)
    present = [verdict for verdict in order if counts[verdict]]
    asked = request.GET.get("rows", "")
    show = next((each for each in present if each == asked), present[0] if present else None)
    rows = plan.of(show) if show else []
    _renew(form, plan)
    return {
        "own": own,
        "plan": plan,
        "form": form,
        "tabs": [(v, LABELS[v], counts[v], TONES[v]) for v in present],
        "show": show,
        "rows": rows[:SHOWN_ROWS],
        "row_count": len(rows),
        "noted": sum(bool(row.notes) for row in plan.rows if row.verdict != Verdict.DOUBLE),
        "will_change": counts["new"] + counts["changed"],
        "text": text_of(CURRENT, university=request.tenant.display_name),
        "version": CURRENT,
        "several_sheets": not own.is_text and bool(own.sheet),
    }


def _renew(form: ApplyForm, plan: Plan) -> None:
    """After a refusal the form speaks of the plan that the page shows now."""
    if form.is_bound:
        said: Any = form.data
        said = said.copy()
        said["seen"] = plan.digest
        form.data = said


def _result(own: RosterUpload) -> dict[str, Any]:
    told = own.result or {}
    changed = told.get("new", 0) + told.get("changed", 0) + told.get("consents", 0)
    return {
        "told": told,
        "facts": [(LABELS[v], told.get(v, 0)) for v in Verdict],
        "nothing_new": not changed,
        "has_file": own.document is not None,
    }
