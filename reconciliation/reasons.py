"""Why something is proposed, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from foundation.errors import Sentence

SENTENCES: dict[str, Sentence] = {
    "named_exact": _("The text names %(bills)s, and the amount is what is open."),
    "named_less": _("The text names %(bills)s; the amount is less than what is open: part payment."),
    "named_more": _("The text names %(bills)s; the amount is more than what is open: the rest is credit."),
    "named_kept": _("The text names %(bills)s; what is missing is within the tolerance: write it off."),
    "settled": _("The text names %(bills)s, which is settled: all of it is credit."),
    "group": _("Only these bills add up to the amount: %(bills)s."),
    "account": _("This account has paid for the organisation before, and the amount fits: %(bills)s."),
    "name": _("The payer's name and the amount fit: %(bills)s."),
    "payer_kept": _("The payer fits; of %(bills)s only what is within the tolerance is missing: write it off."),
    "window": _("The amount fits, and the day is near: %(bills)s."),
    "oldest_account": _("This account has paid for the organisation before; the amount fits no bills. First due first: %(bills)s."),
    "oldest_name": _("Only the payer's name fits. First due first: %(bills)s."),
    "recorded_already": _("A transfer of this amount was recorded by hand for %(day)s, and no line stands for it yet."),
    "refund_already": _("A refund of this amount was paid on %(day)s, and no line stands for it yet."),
    "returned_account": _("Paid from the same account on %(day)s in the same amount, and now taken back."),
    "returned_amount": _("A payment of %(day)s has the same amount."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(SENTENCES[self.code]) % self.params


def reason(code: str, **params: object) -> Reason:
    return Reason(code, params)
