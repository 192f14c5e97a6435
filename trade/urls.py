"""Addresses inside ``/o/<tenant>/``."""

from django.urls import path

from foundation.refs import register_refs
from trade.views import consents, figures, imports, mappings, orders

register_refs("consent", "import", "mapping", "order")
app_name = "trade"

urlpatterns = [
    path("orders/", orders.orders, name="orders"),
    path("orders/export.<str:kind>", orders.export, name="orders_export"),
    path("orders/<order_ref:order_id>/", orders.order, name="order"),
    path("orders/imports/", imports.history, name="imports"),
    path("orders/imports/new/", imports.upload, name="import_new"),
    path("orders/imports/template.<str:kind>", imports.template, name="import_template"),
    path("orders/imports/sample.csv", imports.sample, name="import_sample"),
    path("orders/imports/<import_ref:import_id>/", imports.result, name="import"),
    path("orders/imports/<import_ref:import_id>/reading/", imports.reading, name="import_reading"),
    path("orders/imports/<import_ref:import_id>/mapping/", mappings.choose, name="import_mapping"),
    path("orders/imports/<import_ref:import_id>/columns/", mappings.columns, name="import_columns"),
    path("orders/imports/<import_ref:import_id>/preview/", imports.preview, name="import_preview"),
    path("orders/imports/<import_ref:import_id>/check/", imports.check, name="import_check"),
    path(
        "orders/imports/<import_ref:import_id>/rejected.csv",
        imports.rejected,
        name="import_rejected",
    ),
    path("orders/imports/<import_ref:import_id>/run/", imports.run, name="import_run"),
    path(
        "orders/imports/<import_ref:import_id>/progress/", imports.progress, name="import_progress"
    ),
    path(
        "orders/imports/<import_ref:import_id>/cancellation/",
        imports.cancellation,
        name="import_cancellation",
    ),
    path(
        "orders/imports/<import_ref:import_id>/resumption/",
        imports.resumption,
        name="import_resumption",
    ),
    path("orders/mappings/", mappings.mappings, name="mappings"),
    path(
        "orders/mappings/<mapping_ref:mapping_id>/countries/", mappings.countries, name="countries"
    ),
    path("orders/access/", consents.accesses, name="row_access"),
    path("orders/access/<consent_ref:consent_id>/end/", consents.end, name="consent_end"),
    path("figures/", figures.figures, name="figures"),
    path("figures/export.xlsx", figures.export, name="figures_export"),
]
