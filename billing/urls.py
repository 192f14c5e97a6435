"""Addresses inside ``/o/<tenant>/``."""

from django.urls import path

from billing.views import bills, charges, fapiao, papers
from foundation.refs import register_refs

register_refs("bill", "credit_note", "payment")
app_name = "billing"

urlpatterns = [
    path("charges/", charges.charges, name="charges"),
    path("bills/", bills.bills, name="bills"),
    path("bills/bills.xlsx", papers.export, name="export"),
    path("bills/payments/", bills.payments, name="payments"),
    path("bills/statement/", papers.statement, name="statement"),
    path("bills/statement.<str:kind>", papers.statement_file, name="statement_file"),
    path("bills/credit-notes/<credit_note_ref:pk>.pdf", papers.credit_note, name="credit_note"),
    path("bills/<bill_ref:pk>/", bills.bill, name="bill"),
    path("bills/<bill_ref:pk>/bill.pdf", papers.paper, name="paper"),
    path("bills/<bill_ref:pk>/fapiao/", fapiao.fapiao, name="fapiao"),
    path("bills/<bill_ref:pk>/fapiao/withdrawal/", fapiao.withdrawal, name="fapiao_withdrawal"),
]
