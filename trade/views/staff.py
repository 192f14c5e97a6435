"""Pages of the staff site that the admin's lists lead to."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backbone.operations.documents import too_large
from foundation.errors import DomainError
from foundation.tables.encodings import EncodingUndecided
from foundation.tables.source import Table, open_table
from trade import operations
from trade.forms import PurposeForm, RateUploadForm
from trade.models import RowConsent
from trade.permissions import permissions
from trade.queries import OrderFilter, orders_page

# Five times the ECB's file of all days since 1999.
LARGEST_RATES_BYTES = 8 * 1024 * 1024


def rate_upload(request: Any) -> HttpResponse:
    """The table of the RMB central parity rate, or the ECB's; all figures in yuan follow."""
    permissions.require(request.actor, "record_rates")
    form = RateUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _record(request, form):
        return redirect("admin:trade_referencerate_changelist")
    context = admin.site.each_context(request) | {"title": _("Upload reference rates")}
    return render(request, "trade/staff_rates.html", context | {"form": form})


def _record(request: Any, form: RateUploadForm) -> bool:
    file = form.cleaned_data["file"]
    try:
        with _table_of(file) as table:
            told = operations.record_rates(actor=request.actor, now=timezone.now(), table=table)
    except DomainError as error:
        form.add_error("file", str(error))
        return False
    messages.success(
        request,
        _("Days read: %(days)s. New rates: %(new)s, changed: %(changed)s, daily sums that follow: %(figures)s")
        % told,
    )  # fmt: skip
    return True


def _table_of(file: Any) -> Table:
    if file.size > LARGEST_RATES_BYTES:
        raise too_large(LARGEST_RATES_BYTES)
    try:
        return open_table(file, filename=file.name)
    except EncodingUndecided as undecided:
        # Days, codes and figures read the same in all of them.
        first = undecided.judgement.candidates[0]
        return open_table(file, filename=file.name, encoding=first.encoding)


@require_safe
def rows_by_consent(request: Any, consent_id: int) -> HttpResponse:
    """An enterprise's orders while it consents; no row without a purpose, every page is logged."""
    permissions.require(request.actor, "read_rows_by_consent")
    consent = get_object_or_404(RowConsent.objects.select_related("tenant"), pk=consent_id)
    form = PurposeForm(request.GET if "purpose" in request.GET else None)
    context = admin.site.each_context(request) | {
        "title": _("Orders of %(name)s") % {"name": consent.tenant.display_name},
        "consent": consent,
        "form": form,
        "page": _look(request, consent, form) if form.is_valid() else None,
    }
    return render(request, "trade/staff_rows.html", context)


def _look(request: Any, consent: RowConsent, form: PurposeForm) -> Any:
    keys = {name: request.GET.get(name, "") for name in ("after", "before")}
    number = form.cleaned_data["q"]
    # The organisation reads this: of a page's key its day.
    days = {name: key.partition("_")[0] for name, key in keys.items()}
    looked_at = {name: value for name, value in {**days, "q": number}.items() if value}
    try:
        reader = operations.look_at_rows(
            actor=request.actor,
            now=timezone.now(),
            tenant_id=consent.tenant_id,
            purpose=form.cleaned_data["purpose"],
            looked_at=looked_at,
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    return orders_page(reader, OrderFilter(q=number), **keys)


def is_in_force(consent: RowConsent) -> bool:
    """Whether staff may look today."""
    today = timezone.localdate()
    return consent.revoked_at is None and consent.starts_on <= today <= consent.ends_on
