from ledger.models.accounts import Account, AccountState, Side
from ledger.models.holds import Hold, HoldState
from ledger.models.periods import Period, PeriodState, PeriodStep, StepKind
from ledger.models.vouchers import Entry, Voucher

__all__ = [
    "Account",
    "AccountState",
    "Entry",
    "Hold",
    "HoldState",
    "Period",
    "PeriodState",
    "PeriodStep",
    "Side",
    "StepKind",
    "Voucher",
]
