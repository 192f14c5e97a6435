"""The staff's pages of reconciliation: open lines with what is proposed, and one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banking.models import StatementLine
from banking.queries import lines_for
from billing.queries import as_text
from foundation.errors import DomainError
from foundation.money import format_money
from reconciliation import gathering
from reconciliation.forms import FilterForm
from reconciliation.in_books import booked_for
from reconciliation.models import MatchKind
from reconciliation.operations.accepting import accept, return_money
from reconciliation.operations.many import accept_certain, parts_of
from reconciliation.operations.recorded import recognise, recognise_refund
from reconciliation.permissions import permissions
from reconciliation.presentation import exact, shown, shown_match
from reconciliation.queries import matches_of, open_lines

ROWS = 25


@require_safe
def lines(request: Any) -> HttpResponse:
    """What nobody dealt with, newest first, each line with the best proposal."""
    permissions.require(request.actor, "see_lines")
    form = FilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = Paginator(_chosen(request, chosen), ROWS).get_page(request.GET.get("page"))
    rows, today = list(page.object_list), timezone.localdate()
    found = gathering.proposed(request.actor, rows, today=today)
    booked = booked_for(request.actor, rows)
    values = {
        "title": _("Reconciliation"),
        "form": form,
        "page": page,
        "rows": [(row, shown(row, found[row.pk][:1], booked.get(row.pk, [])[:1])) for row in rows],
    }
    return show(request, "reconciliation/lines.html", values)


def _chosen(request: Any, chosen: Any) -> Any:
    account, side = chosen.get("account"), chosen.get("side")
    return open_lines(
        request.actor,
        accounts=[account] if account else None,
        until=chosen.get("until"),
        is_in=side == "in" if side else None,
    )


@require_safe
def line(request: Any, pk: int) -> HttpResponse:
    """One line: what it says, all proposals, what became of it."""
    own = line_of(request, pk)
    left = gathering.left_of(own)
    rows = [own] if left else []
    found = gathering.proposed(request.actor, rows, today=timezone.localdate())
    booked = booked_for(request.actor, rows)
    values = {
        "title": _("Line of a bank"),
        "line": own,
        "left": left,
        "shown": shown(own, found.get(pk, []), booked.get(pk, [])),
        "matches": [shown_match(each) for each in matches_of(request.actor, own)],
    }
    return show(request, "reconciliation/line.html", values)


@require_POST
def acceptance(request: Any, pk: int) -> HttpResponse:
    """Accept the proposal that the button showed; another one in its place is not accepted."""
    own = line_of(request, pk)
    found = gathering.proposed(request.actor, [own], today=timezone.localdate())[pk]
    chosen = next((each for each in found if each.key == request.POST.get("proposal")), None)
    if chosen is None:
        return _changed(request, pk)
    known = {"actor": request.actor, "now": timezone.now(), "line": own}
    return _done(request, pk, lambda: accept(**known, parts=parts_of(chosen)))


@require_POST
def recognition(request: Any, pk: int) -> HttpResponse:
    """The line is what the button showed of the books."""
    own = line_of(request, pk)
    found = booked_for(request.actor, [own]).get(pk, [])
    chosen = next((each for each in found if each.key == request.POST.get("proposal")), None)
    if chosen is None:
        return _changed(request, pk)
    known = {"actor": request.actor, "now": timezone.now(), "line": own}
    return _done(request, pk, lambda: RECOGNISED[chosen.kind](known, chosen.row))


def _returned(known: dict[str, Any], row: Any) -> Any:
    why = _("Taken back by the bank: %(line)s") % {"line": known["line"]}
    return return_money(**known, payment=row, reason=why)


RECOGNISED: dict[str, Callable[[dict[str, Any], Any], Any]] = {
    MatchKind.RECORDED: lambda known, row: recognise(**known, payment=row),
    MatchKind.REFUND: lambda known, row: recognise_refund(**known, refund=row),
    MatchKind.RETURNED: _returned,
}


def _changed(request: Any, pk: int) -> HttpResponse:
    messages.warning(request, _("What was proposed has changed. Look again."))
    return redirect("admin:reconciliation_line", pk)


def _done(request: Any, pk: int, operate: Callable[[], Any]) -> HttpResponse:
    """Back to the list, or to the line with the refusal."""
    try:
        operate()
    except DomainError as error:
        if error.status == 403:
            raise
        messages.error(request, str(error))
        return redirect("admin:reconciliation_line", pk)
    messages.success(request, _("The line is dealt with. It can be undone at its page."))
    return redirect("admin:reconciliation")


@require_POST
def certain(request: Any) -> HttpResponse:
    """All that name their bills and pay exactly what is open."""
    told = accept_certain(actor=request.actor, now=timezone.now())
    said = _("Accepted: %(count)s (%(sums)s)")
    params = {"count": told.accepted, "sums": as_text(sorted(told.sums.items()))}
    messages.success(request, said % params)
    for row, why in told.refused[:10]:
        known = {"line": row.booked_on, "amount": format_money(row.amount, row.currency)}
        messages.warning(request, f"{known['line']} {known['amount']}: {why}")
    return redirect("admin:reconciliation")


def line_of(request: Any, pk: int) -> StatementLine:
    """Raises NotPermitted, Http404."""
    permissions.require(request.actor, "see_lines")
    rows = lines_for(request.actor).select_related("account", "tally")
    own: StatementLine | None = rows.filter(pk=pk).first() if pk < 2**62 else None
    if own is None:
        raise Http404
    return own


def show(request: Any, template: str, values: dict[str, Any]) -> HttpResponse:
    known: dict[str, Any] = {}
    if own := values.get("line"):
        known["amount"] = exact(own.amount, own.currency)
    return render(request, template, admin.site.each_context(request) | known | values)
