"""Who of the park may read the organisation's order rows, and each time somebody did."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backbone.paging import page_of
from foundation.errors import InvalidInput, WrongState
from foundation.refusals import show_refusal
from trade import operations, queries
from trade.forms import ConsentForm
from trade.models import RowConsent
from trade.permissions import permissions

CONSENTS_SHOWN = 20


def accesses(request: Any) -> HttpResponse:
    """Grant for some days, end at once, and see every look with its purpose."""
    permissions.require(request.actor, "see_row_accesses")
    form = ConsentForm(request.POST or None, initial={"starts_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid() and _grant(request, form):
        messages.success(request, _("The park's staff may now read your order rows."))
        return redirect(request.path)
    own = RowConsent.objects.visible_to(request.actor).select_related("granted_by")
    context = {
        "form": form,
        "consents": own.order_by("-ends_on", "-pk")[:CONSENTS_SHOWN],
        "page": page_of(queries.row_accesses(request.actor).order_by(), request.GET),
        "today": timezone.localdate(),
        "may_consent": permissions.permits(request.actor, "consent_to_row_access"),
    }
    return render(request, "trade/row_access.html", context)


def _grant(request: Any, form: ConsentForm) -> bool:
    try:
        operations.consent_to_row_access(
            actor=request.actor, now=timezone.now(), **form.cleaned_data
        )
    except InvalidInput as error:
        show_refusal(form, error)
        return False
    return True


@require_POST
def end(request: Any, consent_id: int) -> HttpResponse:
    consent = get_object_or_404(RowConsent.objects.visible_to(request.actor), pk=consent_id)
    try:
        operations.end_row_access(actor=request.actor, now=timezone.now(), consent=consent)
    except WrongState:
        messages.warning(request, _("This consent had ended already."))
    return redirect("trade:row_access", tenant=request.tenant.slug)
