"""What every reader gives, whatever the file was: statements with lines, and what was set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from foundation.errors import InvalidInput, Sentence
from foundation.tables.values import DateOrder

# Whole statements of a bank: their entries are disjoint, and opening plus entries is closing.
WHOLE_STATEMENTS = frozenset({"camt.053", "MT940"})


@dataclass(frozen=True)
class Reason:
    """Why something was set aside, or what is worth telling. ``code`` is stable."""

    code: str
    message: Sentence
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.message) % self.params if self.params else str(self.message)


class Unreadable(InvalidInput):
    """The file, or one statement of it, cannot be read; the sentence is for a bookkeeper."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason.message, code=reason.code, params=reason.params)


@dataclass(frozen=True)
class Hints:
    """What the person who uploads knows and the file may leave open."""

    account: str = ""
    currency: str = ""
    date_order: DateOrder | None = None
    # The columns' names of a table that has none, as a person typed them.
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Balance:
    """What the account held on a day: positive is the holder's money."""

    amount: Decimal
    currency: str
    on: date | None = None


@dataclass(frozen=True)
class Line:
    """One movement. ``amount`` is signed: positive came in, negative went out."""

    booked_on: date
    amount: Decimal
    currency: str
    value_on: date | None = None
    # As the bank gives it, "" where it gives none: with it a line is known by its reference.
    bank_reference: str = ""
    # Ours: end-to-end, customer's or merchant's number.
    own_reference: str = ""
    # The structured reference of the payee (RF, QRR), where the payer typed one.
    payee_reference: str = ""
    counterparty_name: str = ""
    counterparty_account: str = ""
    remittance: str = ""
    transaction_code: str = ""
    is_reversal: bool = False
    # Announced, not booked: it may still change and is not stored.
    is_pending: bool = False
    balance_after: Decimal | None = None
    # The time of day where the file has one; it tells identical lines apart.
    clock: str = ""
    # Where in the file: a row's number or the entry's place.
    place: int = 0


@dataclass
class Statement:
    """One statement of one account. What the file does not say is empty."""

    account: str = ""
    currency: str = ""
    holder: str = ""
    # The bank's name of the statement, and its place in the account's series.
    identity: str = ""
    number: str = ""
    page: str = ""
    opening: Balance | None = None
    closing: Balance | None = None
    first_on: date | None = None
    last_on: date | None = None
    lines: list[Line] = field(default_factory=list)
    remarks: list[Reason] = field(default_factory=list)

    @property
    def booked(self) -> list[Line]:
        return [line for line in self.lines if not line.is_pending]


@dataclass
class SetAside:
    """A statement or a row that is kept and not stored as lines, and why.

    ``statement`` is what could be read of it; ``raw`` is the text of the file.
    """

    reason: Reason
    statement: Statement | None = None
    raw: str = ""
    place: int = 0


@dataclass
class Reading:
    """All that a file says. ``kind`` names the format for people: "camt.053", "MT940", "CSV"."""

    kind: str
    statements: list[Statement] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    remarks: list[Reason] = field(default_factory=list)

    @property
    def everything(self) -> list[Statement]:
        """Statements that can be stored, then those that were read and set aside."""
        aside = [each.statement for each in self.set_aside if each.statement is not None]
        return [*self.statements, *aside]
