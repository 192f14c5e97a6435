"""Lines and what is proposed for them, as the pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from banking.models import StatementLine
from foundation.errors import Sentence
from foundation.money import format_money
from reconciliation.gathering import Return, left_of
from reconciliation.models import Match, MatchKind
from reconciliation.proposing import Proposal


@dataclass(frozen=True, slots=True)
class Choice:
    """One proposal: ``what`` the button does, and why it is proposed."""

    key: str
    what: list[str]
    why: str
    is_certain: bool
    is_return: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    left: str
    is_part: bool
    choices: list[Choice] = field(default_factory=list)

    @property
    def best(self) -> Choice | None:
        return self.choices[0] if self.choices else None


def shown(line: StatementLine, proposals: Sequence[Proposal], returns: Sequence[Return]) -> Shown:
    left = left_of(line)
    choices = [_choice(each, line.currency) for each in proposals]
    choices += [_return(each) for each in returns]
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
        said.append(_("%(amount)s of %(bill)s written off") % known)
    if proposal.credit:
        known = {"amount": format_money(proposal.credit, currency)}
        said.append(_("%(amount)s stays as credit") % known)
    return Choice(proposal.key, said, str(proposal.why), proposal.is_certain)


def _return(each: Return) -> Choice:
    payment = each.match.payment
    assert payment is not None
    known = {
        "amount": format_money(payment.amount, payment.currency),
        "name": payment.tenant.display_name,
    }
    what = [_("Take back the payment of %(amount)s of %(name)s") % known]
    return Choice(str(payment.pk), what, str(each.why), False, is_return=True)


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
    if match.payment is not None:
        said.append(match.payment.tenant.display_name)
    if match.reason:
        said.append(str(match.get_reason_display()))
    return " · ".join([*said, match.note] if match.note else said)
