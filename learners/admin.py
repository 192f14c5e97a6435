"""Learners in the staff site: to read, masked, by university."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from foundation.staff import StaffAdmin
from learners.models import Learner
from learners.permissions import permissions
from learners.queries import CONSENTS
from learners.shown import Shown


class UniversityFilter(admin.SimpleListFilter):
    """Each university with the number of its active learners."""

    title = _("university")
    parameter_name = "tenant__id__exact"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        rows = Learner.objects.active().values("tenant").annotate(count=Count("pk"))
        counts = {row["tenant"]: row["count"] for row in rows}
        every = Learner.objects.order_by("tenant").distinct("tenant").select_related("tenant")
        named = [(each.tenant_id, each.tenant.display_name) for each in every]
        return [
            (str(pk), f"{name} ({counts.get(pk, 0)})")
            for pk, name in sorted(named, key=lambda pair: pair[1])
        ]

    def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:
        known = {value for value, _label in self.lookup_choices}
        return queryset.filter(tenant=self.value()) if self.value() in known else queryset


class ConsentFilter(admin.SimpleListFilter):
    title = _("consent")
    parameter_name = "consent"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("given", _("given")),
            ("none", _("missing or taken back")),
            ("withdrawn", _("taken back")),
        ]

    def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:
        wanted = CONSENTS.get(str(self.value()))
        return queryset.filter(wanted) if wanted else queryset


@admin.register(Learner)
class LearnerAdmin(StaffAdmin):
    """The park counts learners and sees with whom it has to do; the university keeps them."""

    permissions = permissions
    reads = "see_learners"
    list_display = [
        *("tenant", "masked_number", "masked_name", "programme", "entry_year", "state", "consent"),
    ]
    list_display_links = ["masked_number"]
    list_filter = [UniversityFilter, "state", ConsentFilter, "entry_year"]
    list_select_related = ["tenant"]
    search_fields = ["programme", "tenant__name", "tenant__name_en", "tenant__slug"]
    ordering = ["tenant__name", "number"]
    fields = [
        *("tenant", "masked_number", "masked_name", "masked_mobile", "masked_email"),
        *("programme", "entry_year", "state", "left_on", "consent", "erased_at", "created_at"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).with_consent()

    @admin.display(description=_("student number"))
    def masked_number(self, learner: Learner) -> str:
        return self._shown(learner).number

    @admin.display(description=_("full name"))
    def masked_name(self, learner: Learner) -> str:
        return self._shown(learner).name

    @admin.display(description=_("mobile number"))
    def masked_mobile(self, learner: Learner) -> str:
        return self._shown(learner).mobile

    @admin.display(description=_("e-mail address"))
    def masked_email(self, learner: Learner) -> str:
        return self._shown(learner).email

    @admin.display(description=_("consent"))
    def consent(self, learner: Learner) -> str:
        return self._shown(learner).consent[0]

    def _shown(self, learner: Learner) -> Shown:
        return Shown(learner, is_full=False, of_park=True)
