from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from backbone.models import Job


class TradeConfig(AppConfig):
    name = "trade"
    verbose_name = _("Trade")

    def ready(self) -> None:
        from backbone.clearance import register_clearance
        from backbone.events import subscribe
        from backbone.jobs import register
        from backbone.purposes import register_purpose
        from backbone.sections import register_section
        from foundation.operations import explain
        from gateway.scopes import register_scope
        from tenants.kinds import Role
        from trade import clearance, sections, tasks

        register(
            "trade.import_orders",
            tasks.import_orders,
            label=_("Order import"),
            result_url=_import_page,
        )
        register(
            "trade.check_orders",
            tasks.check_orders,
            label=_("Check of orders"),
            result_url=_import_page,
        )
        register(
            "trade.export_orders",
            tasks.export_orders,
            label=_("Export of orders"),
            result_url=_exported_file,
        )
        register_clearance("trade", clearance.what_is_open)
        subscribe("residency.left", clearance.end_consents)
        register_section("trade", sections.section)
        readers = [Role.OPERATIONS, Role.FINANCE]
        register_purpose("trade.orders", label=_("Uploaded orders"), readers=readers)
        register_purpose("trade.rejected_orders", label=_("Rejected order rows"), readers=readers)
        register_purpose(
            "trade.exported_orders", label=_("Exported orders"), readers=[*readers, Role.MEMBER]
        )
        register_scope("orders.read", _("Read orders and who of the park looked at them"))
        register_scope("figures.read", _("Read sums of sales and reference rates"))
        register_scope("imports.read", _("See imports and column mappings"))
        register_scope("imports.write", _("Import orders"))
        explain("line_import_known", _("These order lines belong to no import."))


def _import_page(job: "Job") -> str:
    try:
        return reverse(
            "trade:import",
            kwargs={"tenant": job.tenant.slug, "import_id": job.payload["import_id"]},
        )
    except NoReverseMatch:
        return ""


def _exported_file(job: "Job") -> str:
    where = {"tenant": job.tenant.slug, "pk": job.result["document"]}
    return reverse("backbone:file", kwargs=where)
