from banking.admin.accounts import BankAccountAdmin
from banking.admin.files import StatementFileAdmin
from banking.admin.lines import StatementAdmin, StatementLineAdmin

__all__ = ["BankAccountAdmin", "StatementAdmin", "StatementFileAdmin", "StatementLineAdmin"]
