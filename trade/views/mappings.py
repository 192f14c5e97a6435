"""Column mappings: choose one for an import, make or change one, its country labels."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from foundation.errors import DomainError, InvalidInput
from foundation.refs import pk_of
from trade import operations
from trade.forms import CountriesForm, MappingForm, mapping_initial
from trade.models import ImportMapping, OrderImport
from trade.permissions import permissions
from trade.presets import PRESETS
from trade.views.imports import _own, _to_stage
from trade.wizard import preview as previews
from trade.wizard import stages
from trade.wizard.columns import fits, guess
from trade.wizard.labels import labels_of
from trade.wizard.reading import look_at
from trade.wizard.stages import steps


def choose(request: Any, import_id: int) -> HttpResponse:
    """Saved mappings and presets, those that fit the file first; or make a new one."""
    own = _own(request, import_id)
    if own.job_id is not None or own.is_finished or not own.encoding:
        return _to_stage(request, own)
    if request.method == "POST" and "name" in request.POST:
        return _use(request, own, request.POST["name"])
    look = look_at(own)
    known = fits(look.headers, _mine(request))
    if not known or not any(fit.fits for fit in known):
        return redirect("trade:import_columns", tenant=request.tenant.slug, import_id=own.pk)
    context = {"own": own, "look": look, "fits": known, "steps": steps(own, stages.MAPPING)}
    return render(request, "trade/import_mapping.html", context)


def _use(request: Any, own: OrderImport, name: str) -> HttpResponse:
    now = timezone.now()
    try:
        mapping = operations.adopt_preset(actor=request.actor, now=now, name=name)
        _read_with(request, own, mapping)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(request.path)
    return redirect(stages.PREVIEW, tenant=request.tenant.slug, import_id=own.pk)


def columns(request: Any, import_id: int) -> HttpResponse:
    """Make a mapping for this file, or change the one named in ``?of=``."""
    own = _own(request, import_id)
    if own.job_id is not None or own.is_finished or not own.encoding:
        return _to_stage(request, own)
    look = look_at(own)
    form = MappingForm(request.POST or None, look=look, initial=_initial(request, own))
    if request.method == "POST" and form.is_valid() and _save(request, own, form):
        return redirect(stages.PREVIEW, tenant=request.tenant.slug, import_id=own.pk)
    context = {"own": own, "look": look, "form": form, "steps": steps(own, stages.MAPPING)}
    return render(request, "trade/import_columns.html", context)


def _initial(request: Any, own: OrderImport) -> dict[str, Any]:
    look = look_at(own)
    name = request.GET.get("of", "")
    saved = _mine(request).filter(name=name).first() if name else None
    if saved:
        return mapping_initial(saved, saved.channel.name)
    if name in PRESETS:
        preset = dict(PRESETS[name])
        channel = preset.pop("channel")["name"]
        return mapping_initial(ImportMapping(name=name, **preset), channel)
    found = guess(look.headers)
    stem = own.document.name.rpartition(".")[0] or own.document.name
    return {
        "name": stem[:80],
        "direction_rule": ImportMapping.DirectionRule.COUNTRY,
        "home_country": "CN",
        "decimal_sign": ImportMapping.DecimalSign.POINT,
        "date_order": ImportMapping.DateOrder.YEAR_FIRST,
        "time_zone": "Asia/Shanghai",
        "cancellation": "negative_quantity",
        **{f"column_{target}": header for target, header in found.items()},
    }


def _save(request: Any, own: OrderImport, form: MappingForm) -> bool:
    now = timezone.now()
    try:
        mapping = operations.save_mapping(actor=request.actor, now=now, **form.values())
        _read_with(request, own, mapping)
    except InvalidInput as error:
        form.add_refusal(error)
        return False
    return True


def _read_with(request: Any, own: OrderImport, mapping: ImportMapping) -> None:
    now = timezone.now()
    own = operations.read_import_as(actor=request.actor, now=now, order_import=own, mapping=mapping)
    previews.prepare(request.actor, now, own)


@require_safe
def mappings(request: Any) -> HttpResponse:
    """The organisation's mappings, each with the way to its country labels."""
    permissions.require(request.actor, "see_orders")
    return render(request, "trade/mappings.html", {"mappings": _mine(request)})


def countries(request: Any, mapping_id: int) -> HttpResponse:
    """Labels of files and the countries they mean; the unknown ones stand first.

    ``?import=`` shows the labels of that file and leads back to its check.
    """
    mapping = get_object_or_404(_mine(request), pk=mapping_id)
    own = _import_in(request)
    labels, undecided = labels_of(request.actor, timezone.now(), mapping, own)
    form = CountriesForm(request.POST or None, labels=labels, undecided=undecided)
    if request.method == "POST" and form.is_valid():
        moved = _map_all(request, mapping, form.changed())
        messages.success(
            request, _("Saved. Orders moved to another country: %(count)s") % {"count": moved}
        )
        if own:
            _check_again(request, own)
            return redirect(stages.PREVIEW, tenant=request.tenant.slug, import_id=own.pk)
        return redirect(request.path)
    context = {"mapping": mapping, "form": form, "own": own, "undecided": undecided}
    context["may_change"] = permissions.permits(request.actor, "change_mappings")
    if own:
        context["steps"] = steps(own, stages.PREVIEW)
    return render(request, "trade/countries.html", context)


def _check_again(request: Any, own: OrderImport) -> None:
    """The mapping is another now, and with it what a check finds."""
    if stages.stage_of(own) == stages.PREVIEW and permissions.permits(
        request.actor, "import_orders"
    ):
        previews.prepare(request.actor, timezone.now(), _own(request, own.pk))


def _map_all(request: Any, mapping: ImportMapping, changed: dict[str, str]) -> int:
    return sum(
        operations.map_country(
            actor=request.actor, now=timezone.now(), mapping=mapping, label=label, country=code
        )
        for label, code in changed.items()
    )


def _import_in(request: Any) -> OrderImport | None:
    ref = request.GET.get("import", "")
    if not ref:
        return None
    try:
        return _own(request, pk_of(ref, "import"))
    except ValueError as error:
        raise Http404 from error


def _mine(request: Any) -> QuerySet[ImportMapping]:
    return (
        ImportMapping.objects.visible_to(request.actor).select_related("channel").order_by("name")
    )
