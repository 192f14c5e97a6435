"""The portal's navigation, declared in one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import Sentence
from tenants.kinds import Role, TenantKind

EVERYBODY = frozenset(Role.values)
TRADERS = frozenset({TenantKind.ENTERPRISE, TenantKind.START_UP, TenantKind.OPERATOR})
KEEPERS_OF_ORDERS = frozenset({Role.OWNER, Role.MANAGER, Role.FINANCE, Role.OPERATIONS})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the sidebar: who sees it, by role and by kind of organisation."""

    label: Sentence
    icon: str
    view: str
    roles: frozenset[str] = EVERYBODY
    kinds: frozenset[str] = frozenset(TenantKind.values)

    def seen_by(self, actor: Actor, kind: str) -> bool:
        return kind in self.kinds and bool(self.roles & actor.roles)


ENTRIES = [
    Entry(_("Home"), "home", "portal"),
    Entry(_("Orders"), "shopping-cart", "trade:orders", kinds=TRADERS),
    Entry(_("Imports"), "file-import", "trade:imports", KEEPERS_OF_ORDERS, TRADERS),
    Entry(_("Figures"), "chart-bar", "trade:figures", kinds=TRADERS),
    Entry(_("Jobs and files"), "folder", "backbone:jobs"),
    Entry(_("Notices"), "bell", "backbone:notices"),
]


@dataclass(frozen=True, slots=True)
class Link:
    label: Sentence
    icon: str
    url: str
    is_current: bool


def links_for(actor: Actor, tenant: Any, path: str) -> list[Link]:
    """What this person sees; the entry whose address is the longest part of ``path`` is current.

    Entries of apps that are not installed have no address and are left out.
    """
    seen = [entry for entry in ENTRIES if entry.seen_by(actor, tenant.kind)]
    found = [(entry, url) for entry in seen if (url := address(entry.view, tenant))]
    current = _longest_start_of(path, (url for _entry, url in found))
    return [Link(entry.label, entry.icon, url, url == current) for entry, url in found]


def address(view: str, tenant: Any, **arguments: Any) -> str:
    """The view's address in this organisation, empty when there is no such view."""
    try:
        return reverse(view, kwargs={"tenant": tenant.slug, **arguments})
    except NoReverseMatch:
        return ""


def _longest_start_of(path: str, addresses: Iterable[str]) -> str:
    return max((a for a in addresses if path.startswith(a)), key=len, default="")
