"""The ledger in the staff site: who has what when. Read; what is closed can be opened again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.steps import Step, StepAdmin, StepForm
from spaces.models import LIVE, NEEDS_REASON, Occupancy
from spaces.operations.closing import reopen_space
from spaces.permissions import permissions


class ReopeningForm(StepForm):
    def operate(self) -> Any:
        return reopen_space(actor=self.actor, now=self.now, occupancy=self.row)


class When(admin.SimpleListFilter):
    """What somebody has now or later, what is over, and holds that nobody confirmed."""

    title = _("when")
    parameter_name = "when"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ahead", _("now or later")), ("over", _("over")), ("expired", _("expired holds"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        now = timezone.now()
        if self.value() == "ahead":
            return queryset.ahead(now)
        if self.value() == "over":
            return queryset.exclude(pk__in=Occupancy.objects.ahead(now).values("pk"))
        return queryset.expired(now) if self.value() == "expired" else queryset


@admin.register(Occupancy)
class OccupancyAdmin(StepAdmin):
    permissions = permissions
    reads = "see_spaces"
    steps = [
        Step(
            "reopening", _("Open it again"), ReopeningForm, "close_spaces", frozenset(LIVE),
            primary=True,
            when=lambda row: row.kind in NEEDS_REASON and row.under_id is None,
            note=_("From now on it can be taken again; with a unit its desks."),
        ),
    ]  # fmt: skip
    list_display = ["space", "tenant", "kind", "state", "starts", "ends", "amount"]
    list_filter = [When, "kind", "state", "space__kind", "space__floor__building"]
    list_select_related = ["space", "tenant"]
    search_fields = ["space__code", "tenant__slug", "tenant__name", "tenant__name_en"]
    ordering = ["-during", "-pk"]
    fields = [
        *("space", "tenant", "kind", "state", "starts", "ends", "expected_until", "expires_at"),
        *("amount", "area", "source_type", "under", "reason", "created_at"),
    ]

    def state_of(self, row: Occupancy) -> str:
        is_over = row.ends_at is not None and row.ends_at <= timezone.now()
        return "over" if is_over else str(row.state)

    @admin.display(description=_("from"), ordering="during")
    def starts(self, row: Occupancy) -> Any:
        return row.starts_at

    @admin.display(description=_("until"))
    def ends(self, row: Occupancy) -> Any:
        return row.ends_at or _("further notice")
