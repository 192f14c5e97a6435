"""Rules of how long personal data is kept, and keeping to them."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.models import RetentionRule
from backbone.permissions import permissions
from backbone.retention import personal_data_of
from foundation.actors import Actor
from foundation.errors import InvalidInput
from foundation.operations import operation
from tenants.isolation.context import as_system, current_identity
from tenants.trail import record_bulk

logger = logging.getLogger(__name__)


@operation
def set_retention_rule(
    *, actor: Actor, now: datetime, data: str, days: int, starts_on: date, source: str
) -> RetentionRule:
    """From ``starts_on`` on, keep data of this kind for so many days (the park's leads).

    A rule is never changed: a new one follows it from its own day on. ``source`` names the law or
    the decision. Raises NotPermitted, InvalidInput for data that no app keeps and for a day in
    the past, and DomainErrors ``retention_rule_once``, ``_days`` and ``_source``.
    """
    permissions.require(actor, "set_retention")
    if personal_data_of(data) is None:
        raise InvalidInput(fields={"data": _("Choose among the data offered.")})
    if starts_on < timezone.localdate(now):
        raise InvalidInput(fields={"starts_on": _("A rule does not begin in the past.")})
    return RetentionRule.objects.create(
        tenant_id=actor.tenant_id, data=data, days=days, starts_on=starts_on, source=source
    )


def keep_to_rules(now: datetime) -> None:
    """Erase what the rules in force say, in the organisation that the transaction runs as.

    The rules are the park's operator's, so they are read across organisations. What was erased
    is counted in the log and, with the rule, in the organisation's trail.
    """
    tenant_id = current_identity().tenant_id
    assert tenant_id is not None
    with as_system():
        rules = list(RetentionRule.objects.in_force(timezone.localdate(now)))
    for rule in rules:
        _keep_to(rule, tenant_id, now)


def _keep_to(rule: RetentionRule, tenant_id: int, now: datetime) -> None:
    kept = personal_data_of(rule.data)
    if kept is None:
        logger.error("no app keeps %s, which retention rule %s is about", rule.data, rule.pk)
        return
    before = now - timedelta(days=rule.days)
    if erased := kept.erase(Actor(user_id=None, tenant_id=tenant_id), before):
        told = {"data": rule.data, "erased": erased, "days": rule.days, "source": rule.source}
        record_bulk(RetentionRule._meta.db_table, rule.pk, after=told, reason="retention rule")
        logger.info("erased of organisation %s: %s %s", tenant_id, erased, rule.data)
