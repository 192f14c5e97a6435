"""The park's terms and tax rates: rows with a day, added and never altered."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.recording import saved
from billing.models import BillingTerms, TaxRate
from billing.permissions import permissions
from foundation.actors import Actor
from foundation.errors import InvalidInput
from foundation.operations import operation

NOT_BEHIND = _("Terms are in force from today or a later day.")
NO_CAP = _("Say what a late fee is at most, or nothing would be charged.")


@operation
def add_terms(*, actor: Actor, now: datetime, valid_from: date, **values: Any) -> BillingTerms:
    """Terms from that day on, for bills that are issued from then on; the first ones may begin
    earlier. ``values`` are columns of BillingTerms.

    Raises NotPermitted, InvalidInput for a day that is over or a late fee without a cap, DomainError
    ``billing_terms_once``, ``billing_terms_in_turn``.
    """
    permissions.require(actor, "change_terms")
    if valid_from < timezone.localdate(now) and BillingTerms.objects.exists():
        raise InvalidInput(fields={"valid_from": NOT_BEHIND}, code="terms_not_behind")
    row = BillingTerms(valid_from=valid_from, **values)
    if row.late_percent and not row.late_cap:
        raise InvalidInput(fields={"late_cap": NO_CAP}, code="terms_without_cap")
    return saved(row, {})


@operation
def add_tax_rate(
    *, actor: Actor, now: datetime, kind: str, valid_from: date, percent: Decimal, source: str
) -> TaxRate:
    """The rate in charges of ``kind`` whose period begins on that day or later and that are made
    from now on; ``source`` is the rule it comes from.

    Raises NotPermitted, DomainError ``tax_rate_once``, ``tax_rate_not_on_deposits``,
    ``tax_rate_percent``.
    """
    permissions.require(actor, "change_terms")
    row = TaxRate(kind=kind, valid_from=valid_from, percent=percent, source=source.strip())
    return saved(row, {})
