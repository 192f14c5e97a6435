"""Country labels of a mapping and of the files it read, and which nobody has decided on."""

from __future__ import annotations

from datetime import datetime

from foundation.actors import Actor
from foundation.errors import DomainError
from trade.models import ImportMapping, OrderImport
from trade.pipeline.countries import resolve
from trade.wizard import preview

# The labels of older imports were decided on long ago, or never mattered.
IMPORTS_LOOKED_AT = 50
# On one page, each with a choice of all countries; the others follow once these are decided.
MOST_AT_ONCE = 200


def undecided_labels(actor: Actor, mapping: ImportMapping) -> list[str]:
    """Labels that finished imports met and that the mapping's table still lacks."""
    done = OrderImport.objects.visible_to(actor).filter(mapping=mapping, finished_at__isnull=False)
    recent = done.order_by("-created_at").values_list("result__unmapped_countries", flat=True)
    met = [label for labels in recent[:IMPORTS_LOOKED_AT] for label in labels or []]
    return still_undecided(met, mapping)


def still_undecided(labels: list[str], mapping: ImportMapping) -> list[str]:
    return sorted(set(resolve(set(labels), mapping.country_labels).unmapped))


def labels_of(
    actor: Actor, now: datetime, mapping: ImportMapping, own: OrderImport | None
) -> tuple[dict[str, str], list[str]]:
    """Label -> code, and the labels among them that nobody has decided on."""
    undecided = undecided_labels(actor, mapping)
    labels = {**mapping.country_labels, **dict.fromkeys(undecided, "ZZ")}
    if own is not None and own.mapping_id == mapping.pk and not own.is_finished:
        try:
            report = preview.find(actor, now, own).report or {}
        except DomainError:
            report = {}
        # A code that means itself needs no table.
        found = report.get("countries", {})
        labels |= {label: code for label, code in found.items() if label.upper() != code}
        undecided = sorted({*undecided, *report.get("unmapped", [])})
    labels.pop("", None)
    for label in undecided[MOST_AT_ONCE:]:
        labels.pop(label, None)
    return labels, undecided[:MOST_AT_ONCE]
