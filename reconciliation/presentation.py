"""Lines and what is proposed for them, as the pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from banking.models import StatementLine
from foundation.errors import Sentence
from foundation.money import format_money
from reconciliation.gathering import left_of
from reconciliation.in_books import Booked
from reconciliation.models import Match, MatchKind
from reconciliation.proposing import Proposal


@dataclass(frozen=True, slots=True)
class Choice:
    """One proposal: ``what`` the button does by the address ``action``, and why it is proposed."""

    action: str
    key: str
    what: list[str]
    why: str
    verb: Sentence
    is_certain: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    left: str
    is_part: bool
    choices: list[Choice] = field(default_factory=list)

    @property
    def best(self) -> Choice | None:
        return self.choices[0] if self.choices else None


def shown(line: StatementLine, proposals: Sequence[Proposal], booked: Sequence[Booked]) -> Shown:
    """What the books have already comes first: to accept it as something new would count it twice."""
    left = left_of(line)
    choices = [_booked(each) for each in booked]
    choices += [_choice(each, line.currency) for each in proposals]
    sign = -1 if line.amount < 0 else 1
    return Shown(exact(left * sign, line.currency), left != abs(line.amount), choices)


def exact(amount: Decimal, currency: str) -> str:
    """As the bank has it: below the minor unit nothing is hidden."""
    plain = format_money(amount, currency)
    return plain if amount == round(amount, 2) else f"{currency} {amount.normalize():f}"


def _choice(proposal: Proposal, currency: str) -> Choice:
    said: list[str] = []
    for bill, amount in proposal.shares:
        said.append(f"{bill.number}: {format_money(amount, currency)}")
    for bill, amount in proposal.written_off:
        known = {"amount": format_money(amount, currency), "bill": bill.number}
        said.append(_now("%(amount)s of %(bill)s written off") % known)
    if proposal.credit:
        known = {"amount": format_money(proposal.credit, currency)}
        said.append(_now("%(amount)s stays as credit") % known)
    accept = pgettext("proposal", "Accept")
    return Choice(
        "admin:reconciliation_acceptance",
        proposal.key,
        said,
        str(proposal.why),
        accept,
        proposal.is_certain,
    )


# What the button says, and what stands for the row.
BOOKED: dict[str, tuple[Sentence, Sentence]] = {
    MatchKind.RECORDED: (
        pgettext_lazy("line", "It is this one"), _("The recorded payment of %(amount)s of %(name)s"),
    ),
    MatchKind.REFUND: (
        pgettext_lazy("line", "It is this one"), _("The refund of %(amount)s to %(name)s"),
    ),
    MatchKind.RETURNED: (
        pgettext_lazy("payment", "Take back"), _("Take back the payment of %(amount)s of %(name)s"),
    ),
}  # fmt: skip


def _booked(each: Booked) -> Choice:
    verb, what = BOOKED[each.kind]
    known = {
        "amount": format_money(each.row.amount, each.row.currency),
        "name": each.row.tenant.display_name,
    }
    return Choice(
        "admin:reconciliation_recognition", each.key, [str(what) % known], str(each.why), verb
    )


@dataclass(frozen=True, slots=True)
class ShownMatch:
    match: Match
    amount: str
    what: Sentence
    can_identify: bool


def shown_match(match: Match) -> ShownMatch:
    line = match.tally.line
    return ShownMatch(
        match,
        exact(match.amount, line.currency),
        _what(match),
        match.kind == MatchKind.UNIDENTIFIED and match.undone_at is None,
    )


def _what(match: Match) -> str:
    said = [str(match.get_kind_display())]
    if match.row is not None:
        said.append(match.row.tenant.display_name)
    if match.reason:
        said.append(str(match.get_reason_display()))
    return " · ".join([*said, match.note] if match.note else said)
