"""The chart of accounts: which kinds there are, on which side they grow, how low they may go.

A code is a kind, or a kind and a name of its own: ``deposit``, ``bank:icbc-0001``, ``tax:9``. The
chart is flat; reports group by kind. Apps above add kinds of theirs in ``AppConfig.ready``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import pgettext_lazy

from foundation.errors import InvalidInput, Sentence

DEBIT, CREDIT = "D", "C"
NO_DEBT = Decimal(0)


@dataclass(frozen=True, slots=True)
class Kind:
    """``side`` is the one on which a balance is above zero; ``floor`` the lowest balance, less
    what is held, that the database lets an account have (None: any). Accounts of a ``shared``
    kind are shown to the organisation whose books they stand in; the others are the park's view.
    """

    name: str
    label: Sentence
    side: str
    floor: Decimal | None = None
    shared: bool = False


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    _kinds[kind.name] = kind


def kind_of(code: str) -> Kind:
    """Raises InvalidInput for a code whose kind nobody registered."""
    try:
        return _kinds[code.partition(":")[0]]
    except KeyError:
        raise InvalidInput(code="unknown_account") from None


def label_of(kind: str) -> str:
    return str(_kinds[kind].label) if kind in _kinds else kind


def shared_kinds() -> list[str]:
    return sorted(kind.name for kind in _kinds.values() if kind.shared)


def kinds() -> list[Kind]:
    return list(_kinds.values())


# Between the books of two organisations; over all books its sum is nothing.
BETWEEN = "between"

for _kind in (
    Kind("receivable", pgettext_lazy("account", "Receivable"), DEBIT, shared=True),
    Kind("unapplied", pgettext_lazy("account", "Unapplied credit"), CREDIT, NO_DEBT, shared=True),
    Kind("deposit", pgettext_lazy("account", "Deposit"), CREDIT, NO_DEBT, shared=True),
    Kind("bank", pgettext_lazy("account", "Bank"), DEBIT),
    Kind("revenue", pgettext_lazy("account", "Revenue"), CREDIT),
    Kind("tax", pgettext_lazy("account", "Output tax"), CREDIT),
    Kind("writeoff", pgettext_lazy("account", "Write-offs"), DEBIT),
    Kind("unidentified", pgettext_lazy("account", "Unidentified receipts"), CREDIT, NO_DEBT),
    Kind(BETWEEN, pgettext_lazy("account", "Between books"), DEBIT),
):
    register_kind(_kind)
