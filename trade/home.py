"""What orders bring to an organisation's home page: work that waits, figures, a quick start."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Count, Exists, Q, QuerySet, Subquery, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backbone.models.jobs import JobState
from foundation.actors import Actor
from foundation.home import Destination, QuickAction, Tile, WorkItem
from foundation.money import format_money, format_number
from foundation.periods import Period, month_of, year_of
from tenants.models import Tenant
from trade.models import Direction, MonthlySales, OrderImport
from trade.permissions import permissions
from trade.wizard.labels import still_undecided
from trade.wizard.stages import stage_of

# An upload nobody goes on with and nobody asks about is not work for ever.
RECENT = timedelta(days=60)
SHOWN = 5
LAST_MONTH_DUE_DAY = 10


def order_work(*, actor: Actor, now: datetime) -> list[WorkItem]:
    """Imports that wait or failed, labels nobody looked up, and a month without orders."""
    if not permissions.permits(actor, "import_orders"):
        return []
    waiting, met = _waiting(actor, now), _met_labels(actor, now)
    # One query for what there is; of an import or a label only where one waits.
    found = (
        Tenant.objects.filter(pk=actor.tenant_id)
        .values(
            has_waiting=Exists(waiting),
            has_labels=Exists(met),
            newest=Subquery(_newest_months(actor)[:1]),
        )
        .get()
    )
    return [
        *(_imports(waiting) if found["has_waiting"] else []),
        *(_labels(met) if found["has_labels"] else []),
        *_missing_month(found["newest"], now),
    ]


def order_tiles(*, actor: Actor, now: datetime) -> list[Tile]:
    """Net sales of this year and of last month, exports among them, and orders; in CNY."""
    if not permissions.permits(actor, "see_figures"):
        return []
    today = timezone.localdate(now)
    year, month = year_of(today), month_of(today).previous()
    sums = _sums(actor, year, month) if month else {}
    if month is None or not sums["months"]:
        return []
    return [
        _money_tile(_("Net sales this year"), sums, "year", year),
        _money_tile(_("Net sales last month"), sums, "month", month),
        _money_tile(_("Exports this year"), sums, "exports", year, Direction.EXPORT),
        Tile(
            label=_("Orders this year"),
            value=format_number(sums["order_count"] or 0),
            to=Destination("trade:orders", query={"period": str(year)}),
        ),
    ]


def order_actions(*, actor: Actor, now: datetime) -> list[QuickAction]:
    if not permissions.permits(actor, "import_orders"):
        return []
    return [QuickAction(_("Import orders"), "upload", Destination("trade:import_new"))]


def _waiting(actor: Actor, now: datetime) -> QuerySet[OrderImport]:
    return OrderImport.objects.visible_to(actor).filter(
        Q(job=None) | Q(job__state=JobState.FAILED), finished_at=None, created_at__gte=now - RECENT
    )


def _met_labels(actor: Actor, now: datetime) -> QuerySet[OrderImport]:
    """Imports that met labels of countries which nobody had looked up."""
    done = OrderImport.objects.visible_to(actor).filter(
        finished_at__gte=now - 6 * RECENT, mapping__isnull=False
    )
    return done.exclude(result__unmapped_countries=[])


def _newest_months(actor: Actor) -> QuerySet[MonthlySales, date]:
    return MonthlySales.objects.visible_to(actor).order_by("-month").values_list("month", flat=True)


def _imports(waiting: QuerySet[OrderImport]) -> list[WorkItem]:
    found = waiting.select_related("document", "job").order_by("created_at")[:SHOWN]
    return [_import_item(own) for own in found]


def _import_item(own: OrderImport) -> WorkItem:
    where = Destination(stage_of(own), {"import_id": own.pk})
    name = {"name": own.document.name}
    if own.job is not None:
        return WorkItem(
            _("The import of %(name)s did not succeed") % name,
            _("See why"),
            where,
            due_at=own.created_at + timedelta(days=1),
            note=own.job.reason,
        )
    return WorkItem(
        _("The import of %(name)s waits for your choice") % name,
        _("Go on"),
        where,
        due_at=own.created_at + timedelta(days=1),
    )


def _labels(met: QuerySet[OrderImport]) -> list[WorkItem]:
    labels: dict[int, set[str]] = {}
    mappings = {}
    for own in met.select_related("mapping").order_by("-finished_at")[: 10 * SHOWN]:
        if own.mapping is not None and own.result:
            mappings[own.mapping.pk] = own.mapping
            labels.setdefault(own.mapping.pk, set()).update(own.result["unmapped_countries"])
    items = []
    for key, mapping in mappings.items():
        left = still_undecided(list(labels[key]), mapping)
        if left:
            title = ngettext(
                "%(count)s country label of “%(name)s” is not looked up",
                "%(count)s country labels of “%(name)s” are not looked up",
                len(left),
            ) % {"count": len(left), "name": mapping.name}
            where = Destination("trade:countries", {"mapping_id": key})
            items.append(WorkItem(title, _("Look them up"), where, note=", ".join(left[:SHOWN])))
    return items


def _missing_month(newest: date | None, now: datetime) -> list[WorkItem]:
    """Whoever imported before, but nothing of last month yet, is asked to."""
    today = timezone.localdate(now)
    month = month_of(today).previous()
    if month is None or month.start_on is None or newest is None or newest >= month.start_on:
        return []
    title = _("No orders of %(month)s yet") % {"month": month.label()}
    zone = timezone.get_default_timezone()
    due = datetime.combine(today.replace(day=LAST_MONTH_DUE_DAY), time(18), tzinfo=zone)
    return [WorkItem(title, _("Import orders"), Destination("trade:import_new"), due_at=due)]


def _sums(actor: Actor, year: Period, month: Period) -> dict[str, Decimal | int | None]:
    in_year, in_month = _months(year), _months(month)
    exports = in_year & Q(direction=Direction.EXPORT)
    open_ = Q(net_cny=None) | Q(provisional=True)
    return MonthlySales.objects.visible_to(actor).aggregate(
        months=Count("pk"),
        net_year=Sum("net_cny", filter=in_year),
        net_month=Sum("net_cny", filter=in_month),
        net_exports=Sum("net_cny", filter=exports),
        order_count=Sum("orders", filter=in_year),
        open_year=Sum("lines", filter=in_year & open_),
        open_month=Sum("lines", filter=in_month & open_),
        open_exports=Sum("lines", filter=exports & open_),
    )


def _months(period: Period) -> Q:
    start, end = _bounds(period)
    return Q(month__gte=start, month__lt=end)


def _bounds(period: Period) -> tuple[date, date]:
    assert period.start_on is not None
    assert period.end_on is not None
    return period.start_on, period.end_on


def _money_tile(
    label: str,
    sums: dict[str, Decimal | int | None],
    key: str,
    period: Period,
    direction: str = "all",
) -> Tile:
    notes = [_("Platform orders, not verified by customs")]
    if sums[f"open_{key}"]:
        notes.append(_("provisional: a reference rate is missing"))
    return Tile(
        label=f"{label} · {period}",
        value=format_money(Decimal(sums[f"net_{key}"] or 0), "CNY"),
        to=Destination("trade:figures", query={"period": str(period), "direction": str(direction)}),
        note=" · ".join(notes),
    )
