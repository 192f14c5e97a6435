from billing.models.charges import Charge, ChargeKind, ChargeQuerySet, ChargeState
from billing.models.credits import CreditNote, CreditNoteLine
from billing.models.fapiao import Fapiao, FapiaoKind, FapiaoState
from billing.models.invoices import (
    Invoice,
    InvoiceLine,
    InvoiceQuerySet,
    InvoiceState,
    InvoiceTax,
    PaymentState,
)
from billing.models.numbers import NumberSeries, Series
from billing.models.payments import Allocation, Payment, PaymentMethod, PaymentOutcome
from billing.models.refunds import Refund, RefundState
from billing.models.reminders import Reminder, ReminderStep
from billing.models.runs import InvoiceRun, RunState
from billing.models.terms import BillingTerms, TaxRate

__all__ = [
    "Allocation",
    "BillingTerms",
    "Charge",
    "ChargeKind",
    "ChargeQuerySet",
    "ChargeState",
    "CreditNote",
    "CreditNoteLine",
    "Fapiao",
    "FapiaoKind",
    "FapiaoState",
    "Invoice",
    "InvoiceLine",
    "InvoiceQuerySet",
    "InvoiceRun",
    "InvoiceState",
    "InvoiceTax",
    "NumberSeries",
    "Payment",
    "PaymentMethod",
    "PaymentOutcome",
    "PaymentState",
    "Refund",
    "RefundState",
    "Reminder",
    "ReminderStep",
    "RunState",
    "Series",
    "TaxRate",
]
