"""List prices by type of space."""

from __future__ import annotations

from django.contrib import admin

from foundation.staff import OperationAdmin, OperationForm
from leasing.models import ListPrice
from leasing.operations.drafting import set_list_price
from leasing.permissions import permissions


class PriceForm(OperationForm):
    class Meta:
        model = ListPrice
        fields = ["type", "price"]

    def operate(self) -> ListPrice:
        own = self.instance if self.instance.pk else None
        known = {"space_type": self.cleaned_data["type"], "price": self.cleaned_data["price"]}
        return set_list_price(actor=self.actor, now=self.now, row=own, **known)


@admin.register(ListPrice)
class ListPriceAdmin(OperationAdmin):
    permissions = permissions
    adds = changes = "set_list_prices"
    add_form = change_form = PriceForm
    list_display = ["type", "price"]
    list_select_related = ["type"]
