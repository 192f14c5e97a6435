"""What billing puts on paper: bills, credit notes, statements, and lists to take away."""

from billing.ageing import Aged, ageing
from billing.papers.bills import invoice_pdf
from billing.papers.lists import ageing_xlsx, bills_xlsx, payments_xlsx
from billing.papers.notes import credit_note_pdf
from billing.papers.statements import statement_pdf, statement_xlsx
from billing.statements import StatementOfAccount, statement_of

__all__ = [
    "Aged",
    "StatementOfAccount",
    "ageing",
    "ageing_xlsx",
    "bills_xlsx",
    "credit_note_pdf",
    "invoice_pdf",
    "payments_xlsx",
    "statement_of",
    "statement_pdf",
    "statement_xlsx",
]
