"""The staff's pages of a floor: who has what, the picture, the drawing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.refusals import is_done
from spaces.models import Box, Floor, FloorPlan, Space
from spaces.operations.plans import set_plan, set_shapes
from spaces.permissions import permissions
from spaces.plan_floor import floor_at, places
from spaces.plan_forms import DayForm, PictureForm, ShapesForm

SEES, MANAGES = "see_spaces", "manage_spaces"


@require_safe
def floor(request: Any, pk: int) -> HttpResponse:
    """Every space of a floor with its state, now or on ``?day=``: a list and the plan."""
    permissions.require(request.actor, SEES)
    chosen = get_object_or_404(Floor.objects.select_related("building"), pk=pk)
    form = DayForm(request.GET)
    now = timezone.now()
    values = {
        "title": str(chosen),
        "shown": floor_at(actor=request.actor, floor=chosen, day=form.chosen, now=now),
        "now": now,
        "form": form,
        "day": form.chosen,
        "manages": permissions.permits(request.actor, MANAGES),
    }
    return render(request, "spaces/plan_floor.html", admin.site.each_context(request) | values)


@require_http_methods(["GET", "HEAD", "POST"])
def picture(request: Any, pk: int) -> HttpResponse:
    """The picture of a floor and how many metres it is wide."""
    permissions.require(request.actor, MANAGES)
    chosen = get_object_or_404(Floor.objects.select_related("building"), pk=pk)
    plan = FloorPlan.objects.filter(floor=chosen).first()
    initial = {"metres_wide": plan.metres_wide} if plan else {}
    form = PictureForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _bring(request, chosen, form):
        messages.success(request, _("The picture is there. Draw the spaces on it."))
        return redirect("admin:floor_editor", pk=pk)
    values = {"title": str(chosen), "floor": chosen, "plan": plan, "form": form}
    return render(request, "spaces/plan_picture.html", admin.site.each_context(request) | values)


def _bring(request: Any, chosen: Floor, form: PictureForm) -> bool:
    file = form.cleaned_data["file"]
    return is_done(
        form,
        lambda: set_plan(
            actor=request.actor,
            now=timezone.now(),
            floor=chosen,
            metres_wide=form.cleaned_data["metres_wide"],
            file=file,
            name=file.name if file else "",
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def editor(request: Any, pk: int) -> HttpResponse:
    """Draw, move and resize; without a script one rectangle by its numbers."""
    permissions.require(request.actor, MANAGES)
    chosen = get_object_or_404(Floor.objects.select_related("building"), pk=pk)
    shown = floor_at(actor=request.actor, floor=chosen, day=None, now=timezone.now())
    if shown.plan is None:
        return redirect("admin:floor_picture", pk=pk)
    codes = {line.space.code: str(line.space) for line in shown.lines}
    form = ShapesForm(request.POST or None, codes=codes, initial={"version": shown.plan.version})
    there = places(shown.lines)
    if request.method == "POST" and form.is_valid() and _draw(request, shown.plan, form, there):
        messages.success(request, _("The plan is saved."))
        return redirect("admin:floor_editor", pk=pk)
    values = {
        "title": str(chosen),
        "shown": shown,
        "form": form,
        "places": there,
        "names": codes,
    }
    return render(request, "spaces/plan_editor.html", admin.site.each_context(request) | values)


def _draw(request: Any, plan: FloorPlan, form: ShapesForm, there: dict[str, list[int]]) -> bool:
    wanted = form.wanted({code: Box(*numbers) for code, numbers in there.items()})
    keys = dict(Space.objects.filter(code__in=wanted).values_list("code", "pk"))

    def save() -> None:
        set_shapes(
            actor=request.actor,
            now=timezone.now(),
            plan=plan,
            version=form.cleaned_data["version"],
            # A code that is nobody's is no space of this floor.
            shapes={keys.get(code, 0): box for code, box in wanted.items()},
        )

    return is_done(form, save)
