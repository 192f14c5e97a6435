"""Applications in the staff site: a queue by due date, and the steps of each journey."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from foundation.steps import StepAdmin
from residency.admin.contracting import STEPS as CONTRACTING
from residency.admin.review_sheet import ReviewSheet
from residency.admin.review_steps import STEPS as REVIEWING
from residency.admin.showing import facts_of
from residency.admin.steps_of_checking import STEPS as CHECKING
from residency.models import Application
from residency.models.applications import EDITABLE
from residency.permissions import permissions


class TurnFilter(admin.SimpleListFilter):
    """Who has to do something."""

    title = _("whose turn")
    parameter_name = "turn"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("park", _("The park owes an answer")),
            ("late", _("The answer is overdue")),
            ("mine", _("Handled by me")),
            ("applicant", _("The applicant has to do something")),
        ]

    def queryset(self, request: Any, queryset: Any) -> Any:
        turn = self.value()
        if turn == "late":
            return queryset.with_park().filter(due_at__lt=timezone.now())
        if turn == "mine":
            return queryset.open().filter(handler_id=request.actor.user_id)
        if turn == "applicant":
            return queryset.filter(state__in=EDITABLE)
        return queryset.with_park() if turn == "park" else queryset


ALWAYS = ("number", "state", "kind", "handler", "due")
SHOWN = [
    *("number", "state", "kind", "organisation", "handler", "submitted_at", "due"),
    *("returned_at", "return_note", "decided_by", "decided_at", "decision_reason", "average"),
    *("closed_at", "closing_reason"),
]


@admin.register(Application)
class ApplicationAdmin(StepAdmin):
    class Media:
        css = {"all": ["staff-review.css"]}

    permissions = permissions
    reads = "see_residency"
    steps = [*CHECKING, *REVIEWING, *CONTRACTING]
    list_display = ["number", "company", "kind", "state", "due", "handler", "submitted_at"]
    list_filter = [TurnFilter, "state", "kind", "handler", "submitted_at"]
    list_select_related = ["handler"]
    search_fields = ["number", "name", "name_en", "registration_number", "contact_name"]
    ordering = ["due_at", "-pk"]
    change_form_after_template = "residency/admin/application.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What has a value: most of an application's way lies ahead of it."""
        return [name for name in SHOWN if name in ALWAYS or getattr(obj, name, None)]

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).visible_to(request.actor)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        row = self.get_object(request, object_id)
        more = facts_of(row, timezone.now()) if row else {}
        if row:
            more["sheet"] = ReviewSheet(row, request.actor)  # type: ignore[attr-defined]
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    @admin.display(description=_("company or team"))
    def company(self, application: Application) -> str:
        return application.display_name or application.contact_email

    @admin.display(description=_("answer due"), ordering="due_at")
    def due(self, application: Application) -> str:
        if not application.due_at:
            return "--"
        day = timezone.localtime(application.due_at).date()
        late = application.is_open and application.due_at < timezone.now()
        return format_html('<span class="staff-error">{}</span>', day) if late else str(day)
