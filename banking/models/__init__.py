from banking.models.accounts import BankAccount
from banking.models.files import FileState, StatementFile
from banking.models.statements import Quarantined, Statement, StatementLine

__all__ = [
    "BankAccount",
    "FileState",
    "Quarantined",
    "Statement",
    "StatementFile",
    "StatementLine",
]
