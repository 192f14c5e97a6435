from billing.admin.bills import CreditNoteAdmin, InvoiceAdmin
from billing.admin.charges import ChargeAdmin
from billing.admin.fapiao import FapiaoAdmin
from billing.admin.payments import PaymentAdmin
from billing.admin.refunds import RefundAdmin
from billing.admin.runs import InvoiceRunAdmin
from billing.admin.terms import BillingTermsAdmin, TaxRateAdmin

__all__ = [
    "BillingTermsAdmin",
    "ChargeAdmin",
    "CreditNoteAdmin",
    "FapiaoAdmin",
    "InvoiceAdmin",
    "InvoiceRunAdmin",
    "PaymentAdmin",
    "RefundAdmin",
    "TaxRateAdmin",
]
