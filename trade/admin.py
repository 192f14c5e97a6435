"""Trade in the staff site: monthly totals, imports, rates, and order rows by consent."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from foundation.money import format_money, format_number
from foundation.staff import StaffAdmin
from trade.models import MonthlySales, OrderImport, ReferenceRate, RowConsent
from trade.permissions import permissions
from trade.views import staff


@admin.register(MonthlySales)
class MonthlySalesAdmin(StaffAdmin):
    """All that the park sees of an enterprise's orders without its consent."""

    permissions = permissions
    reads = "see_park_figures"
    list_display = ["tenant", "month_name", "direction", "orders", "net_amount", "in_cny", "rates"]
    list_filter = ["direction", "currency", "provisional"]
    date_hierarchy = "month"
    list_select_related = ["tenant"]
    search_fields = ["tenant__name", "tenant__name_en", "tenant__slug"]
    ordering = ["-month", "tenant__name", "currency"]

    @admin.display(description=_("month"), ordering="month")
    def month_name(self, row: MonthlySales) -> str:
        return f"{row.month:%Y-%m}"

    @admin.display(description=_("reference rates"))
    def rates(self, row: MonthlySales) -> str:
        if row.net_cny is None:
            return str(_("no rate"))
        return str(_("provisional")) if row.provisional else ""

    @admin.display(description=_("net"), ordering="net")
    def net_amount(self, row: MonthlySales) -> str:
        return format_money(row.net, row.currency)

    @admin.display(description=_("net in CNY"), ordering="net_cny")
    def in_cny(self, row: MonthlySales) -> str:
        return format_money(row.net_cny, "CNY")


class ImportState(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"
    STATES = {
        "waiting": Q(job=None, finished_at=None),
        "failed": Q(job__state="failed"),
        "done": Q(finished_at__isnull=False),
    }

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("waiting")), ("failed", _("failed")), ("done", _("done"))]

    def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:
        wanted = self.STATES.get(str(self.value()))
        return queryset.filter(wanted) if wanted else queryset


@admin.register(OrderImport)
class OrderImportAdmin(StaffAdmin):
    """That an organisation imported, when and how it ended; nothing of what was in the file."""

    permissions = permissions
    reads = "see_park_figures"
    list_display = ["tenant", "created_at", "state", "first_on", "last_on", "finished_at"]
    list_filter = [ImportState]
    list_select_related = ["tenant", "job"]
    search_fields = ["tenant__name", "tenant__name_en", "tenant__slug"]
    ordering = ["-created_at", "-pk"]
    fields = [*list_display, "created_by"]

    @admin.display(description=_("state"))
    def state(self, own: OrderImport) -> str:
        if own.is_finished:
            return str(_("done"))
        return own.job.get_state_display() if own.job else str(_("waiting"))


@admin.register(ReferenceRate)
class ReferenceRateAdmin(StaffAdmin):
    permissions = permissions
    reads = "see_park_figures"
    list_display = ["day", "currency", "rate", "source"]
    list_filter = ["currency", "source"]
    date_hierarchy = "day"
    ordering = ["-day", "currency"]
    actions_list = ["upload_rates"]

    @admin.display(description=_("CNY per unit"), ordering="cny_per_unit")
    def rate(self, row: ReferenceRate) -> str:
        return format_number(row.cny_per_unit.normalize())

    def has_record_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "record_rates")

    @action(
        description=_("Upload central parity rates"),
        url_path="to-upload",
        permissions=["record"],
        icon="upload",
    )
    def upload_rates(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:trade_rate_upload")

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(staff.rate_upload)
        return [path("upload/", page, name="trade_rate_upload"), *super().get_urls()]


@admin.register(RowConsent)
class RowConsentAdmin(StaffAdmin):
    """Who lets the park read single orders, and the way to them; each look is logged."""

    permissions = permissions
    reads = "read_rows_by_consent"
    list_display = ["tenant", "starts_on", "ends_on", "revoked_at", "orders"]
    list_display_links = None
    list_select_related = ["tenant"]
    search_fields = ["tenant__name", "tenant__name_en", "tenant__slug"]
    ordering = ["-ends_on", "-pk"]

    @admin.display(description=_("orders"))
    def orders(self, consent: RowConsent) -> str:
        if not staff.is_in_force(consent):
            return "--"
        words = _("Look at the orders")
        return format_html('<a class="staff-button" href="{}/orders/">{}</a>', consent.pk, words)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(staff.rows_by_consent)
        return [path("<int:consent_id>/orders/", page, name="trade_rows"), *super().get_urls()]
