"""Leaving the park, as the organisation sees it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from foundation.errors import WrongState
from foundation.refusals import is_done
from residency.exit_pages import ShownExit, shown_checks
from residency.models import Exit, ExitReason, ExitState, Stay
from residency.operations.exits import request_exit, withdraw_exit
from residency.permissions import permissions
from tenants.reauthentication import recently_authenticated

OWN_REASONS = [reason for reason in ExitReason if reason != ExitReason.BREACH]


class ExitForm(forms.Form):
    leaves_on = forms.DateField(
        label=gettext_lazy("Last day in the park"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=[(r.value, r.label) for r in OWN_REASONS]
    )
    reason_note = forms.CharField(
        label=gettext_lazy("More about it"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class WithdrawalForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why you stay"), max_length=500)


@require_http_methods(["GET", "HEAD", "POST"])
def exit_page(request: Any) -> HttpResponse:
    """How far the exit is and what is open; before that, a form to ask for it."""
    if request.method == "POST":
        return _ask(request)
    permissions.require(request.actor, "read_exit")
    return _page(request, ExitForm())


@recently_authenticated(back="residency:exit")
def _ask(request: Any) -> HttpResponse:
    """Leaving costs the organisation its access: whoever asks shows again who it is."""
    permissions.require(request.actor, "request_exit")
    form = ExitForm(request.POST)
    if form.is_valid() and _request(request, form):
        return redirect("residency:exit", tenant=request.tenant.slug)
    return _page(request, form)


def _page(request: Any, form: ExitForm) -> HttpResponse:
    latest = Exit.objects.visible_to(request.actor).select_related("stay").order_by("-pk").first()
    stay = Stay.objects.visible_to(request.actor).present().first()
    return render(request, "residency/exit.html", _context(request, latest, stay, form))


@require_POST
def withdrawal(request: Any) -> HttpResponse:
    """Stay after all, while the park has not confirmed the last day."""
    permissions.require(request.actor, "request_exit")
    own = Exit.objects.visible_to(request.actor).open().select_related("tenant", "stay")
    form = WithdrawalForm(request.POST)
    if form.is_valid():
        try:
            withdraw_exit(
                actor=request.actor, now=timezone.now(), park_exit=get_object_or_404(own),
                **form.cleaned_data,
            )  # fmt: skip
            messages.success(request, _("The exit is withdrawn. Your organisation stays."))
        except WrongState as error:
            messages.warning(request, str(error))
    else:
        messages.error(request, _("Say why you stay."))
    return redirect("residency:exit", tenant=request.tenant.slug)


def _context(request: Any, latest: Exit | None, stay: Stay | None, form: forms.Form) -> Any:
    now, where = timezone.now(), {"tenant": request.tenant.slug}
    shown = ShownExit(latest, request.tenant, now, where) if latest else None
    may_ask = permissions.permits(request.actor, "request_exit")
    is_leaving = shown is not None and shown.is_open
    is_waiting = latest is not None and latest.state == ExitState.REQUESTED
    return {
        "shown": shown,
        "stay": stay,
        "checks": shown_checks(request.tenant, latest, now, where) if stay else [],
        "form": form if stay and may_ask and not is_leaving else None,
        "withdrawal": WithdrawalForm() if may_ask and is_waiting else None,
    }


def _request(request: Any, form: ExitForm) -> bool:
    stay = get_object_or_404(Stay.objects.visible_to(request.actor).present())
    wanted = {"stay": stay, **form.cleaned_data}
    if not is_done(form, lambda: request_exit(actor=request.actor, now=timezone.now(), **wanted)):
        return False
    messages.success(request, _("The park was asked. It confirms the last day."))
    return True
