"""An organisation's own column mappings."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.db import connection
from django.utils.translation import gettext_lazy as _

from backbone.progress import Silent
from foundation import countries
from foundation.actors import Actor
from foundation.currencies import CODES
from foundation.errors import DomainError, InvalidInput
from foundation.operations import operation
from trade.models import Channel, ImportMapping
from trade.permissions import permissions
from trade.pipeline import run as pipeline
from trade.pipeline.relabel import move_orders
from trade.pipeline.rules import REQUIRED, TARGETS
from trade.presets import PRESETS

# Beside ISO 3166-1: the European Union, which platforms name as a destination.
ACCEPTED_COUNTRIES = countries.CODES | {countries.UNKNOWN, "EU"}
FIELDS = {
    "currency", "direction_rule", "home_country", "decimal_sign", "date_order", "time_zone",
    "country_labels", "kind_rules",
}  # fmt: skip


@operation
def adopt_preset(*, actor: Actor, now: datetime, name: str) -> ImportMapping:
    """The organisation's mapping of this name, copied from the preset at first use.

    Of two first uses at once both get the one that was made. Raises DomainError ``no_mapping``
    when it has none and there is no such preset.
    """
    permissions.require(actor, "import_orders")
    own = (
        ImportMapping.objects.visible_to(actor).filter(name=name).select_related("channel").first()
    )
    if own is not None:
        return own
    preset = PRESETS.get(name)
    if preset is None:
        raise DomainError(
            _("There is no mapping “%(name)s”."), code="no_mapping", params={"name": name}
        )
    channel, _made = Channel.objects.get_or_create(
        tenant_id=actor.tenant_id, name=preset["channel"]["name"], defaults=preset["channel"]
    )
    values = {field: value for field, value in preset.items() if field != "channel"}
    mapping, _made = ImportMapping.objects.get_or_create(
        tenant_id=actor.tenant_id, name=name, defaults={"channel": channel, **values}
    )
    return mapping


@operation
def save_mapping(
    *, actor: Actor, now: datetime, name: str, channel: str, columns: dict[str, str], **rules: Any
) -> ImportMapping:
    """Make the mapping ``name`` or change it; ``channel`` is the name of a channel, made when new.

    ``columns`` maps our names (TARGETS) to headers of the file; ``rules`` are fields of
    ImportMapping. Raises InvalidInput where a rule cannot be, naming the field.
    """
    permissions.require(actor, "change_mappings")
    name, channel = name.strip(), channel.strip()
    _check(name, channel, columns, rules)
    shop, _made = Channel.objects.get_or_create(tenant_id=actor.tenant_id, name=channel)
    mapping = (
        ImportMapping.objects.select_for_update()
        .filter(tenant_id=actor.tenant_id, name=name)
        .first()
    )
    mapping = mapping or ImportMapping(tenant_id=actor.tenant_id, name=name)
    mapping.channel = shop
    mapping.columns = {key: header.strip() for key, header in columns.items() if header.strip()}
    for field, value in rules.items():
        setattr(mapping, field, value)
    mapping.save()
    return mapping


@operation
def map_country(
    *, actor: Actor, now: datetime, mapping: ImportMapping, label: str, country: str
) -> int:
    """Say which country a label means, and move the channel's orders that carry it.

    Gives the number of orders moved; their figures follow in the same transaction. Orders keep
    their direction unless the mapping derives it from the country. The trail has each order.
    """
    permissions.require(actor, "change_mappings")
    country = country.strip().upper()
    if country not in ACCEPTED_COUNTRIES:
        raise _invalid(
            "country_labels", _("“%(code)s” is not a country code such as CN or SG."), code=country
        )
    mapping = ImportMapping.objects.select_for_update().get(
        tenant_id=actor.tenant_id, pk=mapping.pk
    )
    mapping.country_labels = {**mapping.country_labels, label: country}
    mapping.save()
    with connection.cursor() as cursor:
        pipeline.take_turn(cursor, actor.tenant_id, Silent())
        return move_orders(cursor, mapping=mapping, label=label, country=country)


def _check(name: str, channel: str, columns: dict[str, str], rules: dict[str, Any]) -> None:
    if not name:
        raise _invalid("name", _("Give the mapping a name."))
    if not channel:
        raise _invalid("channel", _("Say which shop or platform the orders come from."))
    unknown = set(rules) - FIELDS
    if unknown:
        raise TypeError(f"no such rules: {unknown}")
    for column in REQUIRED:
        if not columns.get(column, "").strip():
            raise _invalid(
                column, _("Choose the column with the %(column)s."), column=TARGETS[column].label
            )
    headers = [header.strip().casefold() for header in columns.values() if header.strip()]
    if len(headers) != len(set(headers)):
        raise _invalid("columns", _("One column cannot be two things."))
    _check_rules(columns, rules)


def _check_rules(columns: dict[str, str], rules: dict[str, Any]) -> None:
    currency = rules.get("currency", "")
    if currency and currency not in CODES:
        raise _invalid("currency", _("“%(code)s” is not a currency of ISO 4217."), code=currency)
    if not currency and not columns.get("currency"):
        raise _invalid("currency", _("Choose a currency or the column that holds it."))
    by_column = rules.get("direction_rule") == ImportMapping.DirectionRule.COLUMN
    if by_column and not columns.get("direction"):
        raise _invalid("direction_rule", _("Choose the column with the direction."))
    for code in [rules.get("home_country", "CN"), *rules.get("country_labels", {}).values()]:
        if code not in ACCEPTED_COUNTRIES:
            raise _invalid(
                "country_labels", _("“%(code)s” is not a country code such as CN or SG."), code=code
            )
    if rules.get("time_zone", "UTC") not in available_timezones():
        raise _invalid("time_zone", _("There is no such time zone."))


def _invalid(field: str, sentence: Any, **params: Any) -> InvalidInput:
    return InvalidInput(
        sentence, fields={field: sentence % params if params else sentence}, params=params
    )
