"""The public API's addresses, in one place; each app's calls stand in its own ``api.py``."""

from __future__ import annotations

from django.urls import include, path

from billing import api as billing
from certificates import api as certificates
from gateway import api as own
from gateway import docs
from learners import api as learners
from trade.api import accesses, imports, orders, sales
from training.api import agreements, attendance, seats, sessions

v1 = [
    path("organisation", own.Organisation.as_view()),
    path("jobs", own.Jobs.as_view()),
    path("jobs/<str:ref>", own.JobDetail.as_view()),
    path("jobs/<str:ref>/cancellation", own.JobCancellation.as_view()),
    path("jobs/<str:ref>/resumption", own.JobResumption.as_view()),
    path("files", own.Files.as_view()),
    path("files/<str:ref>", own.FileDetail.as_view()),
    path("files/<str:ref>/content", own.FileContent.as_view()),
    path("bills", billing.Bills.as_view()),
    path("bills/<str:ref>", billing.BillDetail.as_view()),
    path("payments", billing.Payments.as_view()),
    path("certificates", certificates.Certificates.as_view()),
    path("certificates/<str:ref>", certificates.CertificateDetail.as_view()),
    path("learners", learners.Learners.as_view()),
    path("learners/<str:ref>", learners.LearnerDetail.as_view()),
    path("orders", orders.Orders.as_view()),
    path("orders/<str:ref>", orders.OrderDetail.as_view()),
    path("order-imports", imports.Imports.as_view()),
    path("order-imports/<str:ref>", imports.ImportDetail.as_view()),
    path("order-imports/<str:ref>/rejected-rows", imports.ImportRejectedRows.as_view()),
    path("order-mappings", imports.Mappings.as_view()),
    path("sales/by-month", sales.SalesByMonth.as_view()),
    path("sales/by-country", sales.SalesByCountry.as_view()),
    path("sales/by-product", sales.SalesByProduct.as_view()),
    path("reference-rates", sales.Rates.as_view()),
    path("row-accesses", accesses.RowAccesses.as_view()),
    path("sessions", sessions.Sessions.as_view()),
    path("sessions/<str:ref>", sessions.SessionDetail.as_view()),
    path("sessions/<str:ref>/seats", seats.SessionSeats.as_view()),
    path("seats", seats.Seats.as_view()),
    path("seats/<str:ref>", seats.SeatDetail.as_view()),
    path("seat-names", seats.SeatNames.as_view()),
    path("seat-releases", seats.Releases.as_view()),
    path("seat-cancellations", seats.Cancellations.as_view()),
    path("seat-departures", seats.Departures.as_view()),
    path("seat-acceptances", seats.Acceptances.as_view()),
    path("seat-refusals", seats.Refusals.as_view()),
    path("seat-agreements", agreements.SeatAgreements.as_view()),
    path("attendance", attendance.Attendance.as_view()),
]

urlpatterns = [
    path("api/v1/", include(v1)),
    path("api/v1/schema", docs.schema, name="api_schema"),
    path("api/docs/", docs.documentation, name="api_docs"),
]
