from ledger.admin.accounts import AccountAdmin
from ledger.admin.periods import PeriodAdmin
from ledger.admin.vouchers import HoldAdmin, VoucherAdmin

__all__ = ["AccountAdmin", "HoldAdmin", "PeriodAdmin", "VoucherAdmin"]
