from billing.admin import runs, terms
from billing.admin.bills import CreditNoteAdmin, InvoiceAdmin
from billing.admin.charges import ChargeAdmin
from billing.admin.fapiao import FapiaoAdmin
from billing.admin.payments import PaymentAdmin
from billing.admin.refunds import RefundAdmin

__all__ = [
    "ChargeAdmin",
    "CreditNoteAdmin",
    "FapiaoAdmin",
    "InvoiceAdmin",
    "PaymentAdmin",
    "RefundAdmin",
    "runs",
    "terms",
]
