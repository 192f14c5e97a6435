"""What the staff pages of money have in common: whose, how much, and fields that ask for both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from banking.models import BankAccount
from billing.models import Invoice
from foundation import currencies
from foundation.currencies import minor_units
from foundation.money import NOTHING, format_money
from foundation.steps import StepForm
from tenants.models import Tenant

SEARCHED = ["tenant__name", "tenant__name_en", "tenant__slug"]
# As many open bills stand in one form; the oldest, so that the rest comes up as they are settled.
MOST_BILLS = 100
LARGEST_KEY = 2**63 - 1


def amount_field(**known: Any) -> forms.DecimalField:
    """An amount above zero; the operation says how small its currency's smallest part is."""
    return forms.DecimalField(max_digits=20, decimal_places=4, min_value=Decimal("0.0001"), **known)


def plain(amount: Decimal, currency: str) -> str:
    """An amount as a field for numbers begins with it."""
    return f"{amount:.{minor_units(currency)}f}"


def link_to(row: Any) -> str:
    """The row's name, leading to its page in the staff site; dashes for none."""
    if row is None:
        return NOTHING
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html('<a class="staff-link" href="{}">{}</a>', reverse(name, args=[row.pk]), row)


class ToldOnly:
    """For an admin class: a field is left out where the row has nothing to tell by it.

    ``told_with`` names by field the attribute that has to be there.
    """

    told_with: Mapping[str, str] = {}

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        found = super().get_fields(request, obj)  # type: ignore[misc]
        return [name for name in found if obj is None or self._is_told(obj, name)]

    def _is_told(self, row: Any, name: str) -> bool:
        return name not in self.told_with or bool(getattr(row, self.told_with[name]))


def has_rows(inline: Any, row: Any) -> bool:
    """Whether the row has any of what the inline shows."""
    name = row._meta.model_name
    of = {name: row, "tenant_id": row.tenant_id}
    return bool(inline.model._default_manager.filter(**of).exists())


class ReasonForm(StepForm):
    """A step that asks why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class CurrencyField(forms.ChoiceField):
    widget = UnfoldAdminSelectWidget

    def __init__(self, **known: Any) -> None:
        offered = lambda: currencies.choices(get_language() or "en")  # noqa: E731
        super().__init__(label=_("Currency"), choices=offered, initial="CNY", **known)


class AccountField(forms.ModelChoiceField):
    """One of the park's own accounts; none is the till."""

    def __init__(self, *, is_unfold: bool = False, **known: Any) -> None:
        super().__init__(
            BankAccount.objects.none(),
            label=_("Bank account"),
            required=False,
            empty_label=pgettext_lazy("where money is", "The till (cash)"),
            widget=UnfoldAdminSelectWidget if is_unfold else forms.Select,
            **known,
        )

    def offer(self, currency: str = "") -> None:
        """Those in use, of this currency where one is given; first those that bills name."""
        found = BankAccount.objects.in_use().order_by("-is_on_bills", "bank", "number")
        self.queryset = found.filter(currency=currency) if currency else found


class BillAmounts:
    """For a form: an amount for each of some bills, to be left empty where nothing goes there."""

    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def ask(self, bills: Iterable[Invoice], most: Decimal) -> None:
        """Begin with ``most`` given to the bills in their order."""
        for bill in bills:
            share = min(most, bill.open_amount)
            most -= share
            self.fields[f"bill_{bill.pk}"] = amount_field(
                label=_("%(bill)s, due %(day)s, open %(amount)s")
                % {
                    "bill": bill,
                    "day": bill.due_on,
                    "amount": format_money(bill.open_amount, bill.currency),
                },
                required=False,
                initial=plain(share, bill.currency) if share else None,
            )

    def shares(self) -> dict[int, Decimal]:
        said = {name: value for name, value in self.cleaned_data.items() if value}
        return {
            int(name.removeprefix("bill_")): value
            for name, value in said.items()
            if name.startswith("bill_")
        }


def open_bills(tenant_id: int, currency: str) -> Any:
    """What the organisation owes in that currency, the oldest first."""
    own = Invoice.objects.open().filter(tenant_id=tenant_id, currency=currency)
    return own.order_by("due_on", "pk")[:MOST_BILLS]


class GivenFilter(admin.SimpleListFilter):
    """Set by a link of another page; it stands at the list while it is set, to be taken off."""

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        said = self.value()
        return [(said, self.shown(said))] if said else []

    def shown(self, said: str) -> str:
        raise NotImplementedError


class OfOrganisation(GivenFilter):
    title = _("organisation")
    parameter_name = "organisation"

    def shown(self, said: str) -> str:
        return str(self._own(said) or said)

    def queryset(self, request: Any, queryset: Any) -> Any:
        if not self.value():
            return queryset
        own = self._own(str(self.value()))
        return queryset.filter(tenant=own) if own else queryset.none()

    def _own(self, said: str) -> Tenant | None:
        return Tenant.objects.filter(slug=said).first()


class DueUntil(GivenFilter):
    title = _("due until")
    parameter_name = "due_until"

    def shown(self, said: str) -> str:
        return said

    def queryset(self, request: Any, queryset: Any) -> Any:
        if not self.value():
            return queryset
        day = _day(str(self.value()))
        return queryset.filter(due_on__lte=day) if day else queryset.none()


def _day(said: str) -> Any:
    try:
        return parse_date(said)
    except ValueError:
        return None
