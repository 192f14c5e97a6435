"""The portal's navigation, declared in one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.permissions import permissions as billing_permissions
from foundation.actors import Actor
from foundation.errors import Sentence
from reconciliation.permissions import permissions as reconciliation_permissions
from tenants.kinds import Role, TenantKind
from training.permissions import permissions as training_permissions

EVERYBODY = frozenset(Role.values)
TRADERS = frozenset({TenantKind.ENTERPRISE, TenantKind.START_UP, TenantKind.OPERATOR})
# Who may move in.
SETTLED = TRADERS - {TenantKind.OPERATOR} | {TenantKind.PROVIDER, TenantKind.UNIVERSITY}
READERS_OF_AGREEMENTS = frozenset({Role.OWNER, Role.MANAGER, Role.FINANCE, Role.COORDINATOR})
LEADS = frozenset({Role.OWNER, Role.MANAGER})
READERS_OF_BILLS = LEADS | {Role.FINANCE}
READERS_OF_CERTIFICATES = LEADS | {Role.COORDINATOR}
UNIVERSITIES = frozenset({TenantKind.UNIVERSITY, TenantKind.OPERATOR})
TRAINED = SETTLED | {TenantKind.OPERATOR}
READERS_OF_LEARNERS = frozenset({Role.OWNER, Role.MANAGER, Role.COORDINATOR, Role.MEMBER})
READERS_OF_ORDERS = EVERYBODY - {Role.COORDINATOR}
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
    Entry(_("Orders"), "shopping-cart", "trade:orders", READERS_OF_ORDERS, TRADERS),
    Entry(_("Imports"), "file-import", "trade:imports", KEEPERS_OF_ORDERS, TRADERS),
    Entry(_("Figures"), "chart-bar", "trade:figures", READERS_OF_ORDERS, TRADERS),
    Entry(_("Residency"), "building-community", "residency:stay", kinds=SETTLED),
    Entry(_("Agreements"), "file-check", "residency:agreements", READERS_OF_AGREEMENTS, SETTLED),
    Entry(_("Bookings"), "calendar", "offices:bookings"),
    Entry(_("Training"), "list-check", "training:overview", kinds=TRAINED),
    Entry(_("Leases"), "file-text", "leasing:leases", READERS_OF_AGREEMENTS, SETTLED),
    Entry(_("Bills"), "receipt", "billing:bills", READERS_OF_BILLS),
    Entry(_("Certificates"), "certificate", "certificates:certificates", READERS_OF_CERTIFICATES),
    Entry(_("Learners"), "school", "learners:learners", READERS_OF_LEARNERS, UNIVERSITIES),
    Entry(_("People"), "users", "members:people", LEADS),
    Entry(_("Jobs and files"), "folder", "backbone:jobs"),
    Entry(_("Notices"), "bell", "backbone:notices"),
    Entry(_("API keys"), "key", "gateway:keys", LEADS),
    Entry(_("Our data"), "packages", "backbone:data", frozenset({Role.OWNER})),
    Entry(
        _("Leaving the park"),
        "logout",
        "residency:exit",
        frozenset({Role.OWNER, Role.MANAGER, Role.FINANCE}),
        frozenset(TenantKind.values) - {TenantKind.OPERATOR},
    ),
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


def is_seen(view: str, actor: Actor, tenant: Any) -> bool:
    """Whether the entry of that view stands in this person's sidebar."""
    return any(entry.view == view and entry.seen_by(actor, tenant.kind) for entry in ENTRIES)


def address(view: str, tenant: Any, **arguments: Any) -> str:
    """The view's address in this organisation, empty when there is no such view."""
    try:
        return reverse(view, kwargs={"tenant": tenant.slug, **arguments})
    except NoReverseMatch:
        return ""


def _longest_start_of(path: str, addresses: Iterable[str]) -> str:
    return max((a for a in addresses if path.startswith(a)), key=len, default="")


# -- the staff site --------------------------------------------------------------------------

# Material symbols by model; models that are not registered are left out.
STAFF_GROUPS: list[tuple[Sentence, list[tuple[str, str]]]] = [
    (
        _("Admission"),
        [
            ("residency.lead", "contact_phone"),
            ("residency.application", "assignment"),
            ("residency.review", "rate_review"),
            ("residency.condition", "rule"),
            ("residency.reviewpolicy", "balance"),
            ("residency.criterion", "format_list_numbered"),
            ("residency.admissionrule", "gavel"),
            ("residency.documentrequirement", "description"),
        ],
    ),
    (
        _("Residency"),
        [
            ("residency.stay", "meeting_room"),
            ("residency.agreement", "contract"),
            ("residency.commitment", "handshake"),
            ("residency.task", "checklist"),
            ("residency.exit", "logout"),
        ],
    ),
    (
        _("Spaces"),
        [
            ("spaces.space", "door_open"),
            ("spaces.occupancy", "calendar_month"),
            ("spaces.building", "domain"),
            ("spaces.floor", "stairs"),
            ("spaces.spacetype", "category"),
            ("leasing.lease", "key"),
            ("leasing.handover", "checklist"),
            ("leasing.listprice", "sell"),
            ("offices.booking", "event_available"),
            ("offices.bookingrule", "rule_settings"),
            ("offices.allowance", "hourglass_bottom"),
            ("offices.door", "qr_code"),
            ("spaces.parkday", "event_upcoming"),
        ],
    ),
    (
        pgettext_lazy("group of the staff site", "Money"),
        [
            ("billing.charge", "receipt_long"),
            ("billing.invoice", "request_quote"),
            ("billing.creditnote", "undo"),
            ("billing.payment", "payments"),
            ("payments.onlinepayment", "credit_card"),
            ("payments.inboxevent", "move_to_inbox"),
            ("billing.refund", "currency_exchange"),
            ("billing.fapiao", "receipt"),
            ("billing.invoicerun", "playlist_add_check"),
            ("billing.billingterms", "rule"),
            ("billing.taxrate", "percent"),
        ],
    ),
    (
        _("Books"),
        [
            ("ledger.account", "account_balance"),
            ("ledger.voucher", "receipt"),
            ("ledger.hold", "lock"),
            ("ledger.period", "event_busy"),
        ],
    ),
    (
        _("Bank"),
        [
            ("reconciliation.match", "join_inner"),
            ("banking.statementfile", "upload_file"),
            ("banking.statementline", "receipt"),
            ("banking.statement", "account_balance_wallet"),
            ("banking.bankaccount", "account_balance"),
        ],
    ),
    (
        _("Training"),
        [
            ("training.session", "event_seat"),
            ("training.seat", "chair"),
            ("training.guest", "group"),
            ("training.seatagreement", "contract"),
            ("training.sessiondate", "calendar_month"),
            ("training.course", "menu_book"),
            ("training.programme", "library_books"),
            ("training.trainer", "person"),
            ("training.fundingline", "savings"),
            ("training.idlerule", "hourglass_empty"),
        ],
    ),
    (
        _("Trade"),
        [
            ("trade.monthlysales", "bar_chart"),
            ("trade.orderimport", "upload_file"),
            ("reporting.target", "flag"),
            ("trade.referencerate", "currency_exchange"),
            ("trade.rowconsent", "visibility"),
        ],
    ),
    (
        _("Organisations and people"),
        [
            ("tenants.tenant", "apartment"),
            ("tenants.user", "person"),
            ("tenants.membership", "badge"),
            ("members.invitation", "forward_to_inbox"),
            ("learners.learner", "school"),
            ("certificates.certificate", "workspace_premium"),
        ],
    ),
    (
        _("Running the portal"),
        [
            ("backbone.job", "work_history"),
            ("backbone.outboxmessage", "outbox"),
            ("tenants.trailentry", "history"),
            ("backbone.retentionrule", "auto_delete"),
        ],
    ),
]


def staff_sidebar(request: Any) -> list[dict[str, Any]]:
    """The theme's SIDEBAR.navigation: what this person may read, and the way to the portal."""
    ways = [
        {"title": _("Home"), "icon": "home", "link": reverse("admin:index")},
        {
            "title": _("Floors and occupancy"),
            "icon": "layers",
            "link": reverse("admin:occupancy"),
        },
    ]
    if billing_permissions.permits(request.actor, "read_bills"):
        overdue = {"title": _("Overdue by age"), "icon": "hourglass_bottom"}
        ways.append({**overdue, "link": reverse("admin:billing_ageing")})
    if training_permissions.permits(request.actor, "mark_attendance"):
        ways.append(
            {"title": _("Attendance"), "icon": "fact_check", "link": reverse("admin:attendance")}
        )
    if reconciliation_permissions.permits(request.actor, "see_lines"):
        ways.append(
            {
                "title": _("Reconciliation"),
                "icon": "join",
                "link": reverse("admin:reconciliation"),
            }
        )
    if request.tenant:
        portal = {"title": _("To the portal"), "icon": "storefront"}
        ways.append({**portal, "link": address("portal", request.tenant)})
    groups = [
        {"title": title, "items": _staff_items(request, models)} for title, models in STAFF_GROUPS
    ]
    return [{"items": ways}, *groups]


def _staff_items(request: Any, models: list[tuple[str, str]]) -> list[dict[str, Any]]:
    registered = {model._meta.label_lower: page for model, page in admin.site._registry.items()}
    pages = [(registered[label], icon) for label, icon in models if label in registered]
    return [
        {
            "title": capfirst(page.opts.verbose_name_plural),
            "icon": icon,
            "link": reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist"),
        }
        for page, icon in pages
        if page.has_view_permission(request)
    ]
