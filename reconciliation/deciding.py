"""The staff's pages on which somebody decides by hand what a line is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from banking.models import StatementLine
from foundation.currencies import minor_units
from foundation.errors import Sentence
from foundation.money import format_number
from foundation.refusals import is_done
from reconciliation import gathering
from reconciliation.forms import BILL, AsideForm, ParkingForm, SearchForm, SplitForm, bills_said
from reconciliation.models import Match, MatchKind
from reconciliation.operations.accepting import Part, accept
from reconciliation.operations.aside import identify, park_unidentified, set_aside
from reconciliation.presentation import exact
from reconciliation.searching import open_bills
from reconciliation.views import line_of, show

# The button that searches and records nothing.
SEARCH = "search"
ON_PAGE = require_http_methods(["GET", "HEAD", "POST"])


@ON_PAGE
def setting_aside(request: Any, pk: int) -> HttpResponse:
    """The line has nothing to do with bills."""
    own, form = line_of(request, pk), AsideForm(request.POST or None)
    return _ask(
        request, own, form, _("Set aside"),
        _("For what has nothing to do with bills. Nothing is posted in the books."),
        lambda known: set_aside(**known, **form.cleaned_data),
    )  # fmt: skip


@ON_PAGE
def parking(request: Any, pk: int) -> HttpResponse:
    """Somebody paid, and nobody knows who."""
    own, form = line_of(request, pk), ParkingForm(request.POST or None)
    return _ask(
        request, own, form, _("Payer not known yet"),
        _("The money stands in the park's own books as unidentified until somebody finds the payer."),
        lambda known: park_unidentified(**known, **form.cleaned_data),
    )  # fmt: skip


def _ask(
    request: Any,
    own: StatementLine,
    form: forms.Form,
    title: str,
    note: Sentence,
    operate: Callable[[dict[str, Any]], Any],
) -> HttpResponse:
    known = {"actor": request.actor, "now": timezone.now(), "line": own}
    form.empty_permitted = False
    if request.method == "POST" and form.is_valid() and is_done(form, lambda: operate(known)):
        messages.success(request, _("The line is dealt with. It can be undone at its page."))
        return redirect("admin:reconciliation")
    left = exact(gathering.left_of(own), own.currency)
    values = {"title": title, "line": own, "left": left, "form": form, "note": note}
    return show(request, "reconciliation/ask.html", values)


@ON_PAGE
def split(request: Any, pk: int) -> HttpResponse:
    """By hand over bills and organisations."""
    own = line_of(request, pk)
    known = {"actor": request.actor, "now": timezone.now(), "line": own}
    left = gathering.left_of(own) if own.amount > 0 else Decimal(0)
    return _split(request, own, left, lambda parts: accept(**known, parts=parts))


@ON_PAGE
def identifying(request: Any, pk: int) -> HttpResponse:
    """The payer of an unidentified receipt was found; ``pk`` is the match's."""
    rows = Match.objects.standing().filter(kind=MatchKind.UNIDENTIFIED)
    match = rows.select_related("tally").filter(pk=pk).first() if pk < 2**62 else None
    own = line_of(request, match.tally.line_id if match else 0)
    if match is None:
        raise Http404
    known = {"actor": request.actor, "now": timezone.now(), "match": match}
    return _split(request, own, match.amount, lambda parts: identify(**known, parts=parts))


def _split(
    request: Any, own: StatementLine, left: Decimal, operate: Callable[[list[Part]], Any]
) -> HttpResponse:
    """What is typed stays while more bills are searched: both are one form, sent by two buttons."""
    data = request.POST
    search = SearchForm(data or None)
    said = search.cleaned_data["q"] if search.is_valid() else ""
    typed = data.dict() or _proposed(request, own)
    bills = open_bills(request.actor, currency=own.currency, said=said, keys=bills_said(typed))
    is_sent = request.method == "POST" and SEARCH not in data
    form = SplitForm(data if is_sent else None, bills=bills, initial=typed)
    if is_sent and form.is_valid() and is_done(form, lambda: operate(form.parts())):
        messages.success(request, _("The line is dealt with. It can be undone at its page."))
        return redirect("admin:reconciliation_line", own.pk)
    values = {
        "title": _("Split over bills"),
        "line": own,
        "left": exact(left, own.currency),
        "search": search,
        "said": said,
        "form": form,
    }
    return show(request, "reconciliation/split.html", values)


def _proposed(request: Any, own: StatementLine) -> dict[str, Any]:
    """What the best proposal would fill in."""
    found = gathering.proposed(request.actor, [own], today=timezone.localdate())[own.pk][:1]
    return {
        f"{BILL}{bill.pk}": format_number(amount, minor_units(own.currency)).replace(",", "")
        for each in found
        for bill, amount in each.shares
    }
