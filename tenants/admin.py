"""Organisations and people in the staff site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from foundation.errors import DomainError
from foundation.staff import OperationAdmin, OperationForm, StaffAdmin
from tenants import operations
from tenants.kinds import Role, TenantKind
from tenants.models import Membership, Tenant, TrailEntry, User
from tenants.permissions import permissions
from tenants.trail import without_confidential


class RegisterTenantForm(OperationForm):
    class Meta:
        model = Tenant
        fields = ["kind", "name", "name_en", "slug", "country", "registration_number"]

    def operate(self) -> Tenant:
        return operations.register_tenant(actor=self.actor, now=self.now, **self.cleaned_data)


class ChangeTenantForm(OperationForm):
    class Meta:
        model = Tenant
        fields = ["name", "name_en", "country", "registration_number"]

    def operate(self) -> Tenant:
        return operations.change_tenant(
            actor=self.actor, now=self.now, tenant=self.instance, **self.cleaned_data
        )


class StandingFilter(admin.SimpleListFilter):
    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("present", _("has not left")), ("left", _("has left"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() not in ("present", "left"):
            return queryset
        return queryset.filter(left_at__isnull=self.value() == "present")


@admin.register(Tenant)
class TenantAdmin(OperationAdmin):
    permissions = permissions
    add_form, adds = RegisterTenantForm, "register_tenant"
    change_form, changes = ChangeTenantForm, "change_tenant"
    list_display = ["name", "name_en", "kind", "registration_number", "created_at", "everything"]
    list_filter = ["kind", StandingFilter, "country"]
    search_fields = ["name", "name_en", "slug", "registration_number"]
    # Boxes that search page through it.
    ordering = ["name"]
    readonly_fields = ["people", "everything"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["everything", "people"] if obj else []

    @admin.display(description=_("everything about it"))
    def everything(self, tenant: Tenant) -> str:
        page = reverse("admin:organisation", args=[tenant.pk])
        return format_html('<a href="{}">{}</a>', page, gettext("Open the page"))

    @admin.display(description=_("people"))
    def people(self, tenant: Tenant) -> str:
        members = tenant.memberships.current().select_related("user")
        names = [(str(m.user), m.role_names) for m in members]
        return format_html_join("", "<p>{} · {}</p>", names) or "--"


class AddMemberForm(OperationForm):
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = Membership
        fields = ["tenant", "user", "roles"]

    def operate(self) -> Membership:
        return operations.add_member(actor=self.actor, now=self.now, **self.cleaned_data)


class ChangeRolesForm(OperationForm):
    roles = AddMemberForm.base_fields["roles"]

    class Meta:
        model = Membership
        fields = ["roles"]

    def operate(self) -> Membership:
        return operations.change_roles(
            actor=self.actor,
            now=self.now,
            membership=self.instance,
            roles=self.cleaned_data["roles"],
        )


@admin.register(Membership)
class MembershipAdmin(OperationAdmin):
    permissions = permissions
    add_form, adds = AddMemberForm, "manage_members"
    change_form, changes = ChangeRolesForm, "manage_members"
    list_display = ["user", "tenant", "their_roles", "started_at", "ended_at"]
    list_filter = ["tenant__kind"]
    list_select_related = ["user", "tenant"]
    search_fields = ["user__username", "user__full_name", "user__email", "tenant__name"]
    autocomplete_fields = ["tenant", "user"]
    actions = ["end"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["user", "tenant"] if obj else []

    @admin.display(description=_("roles"))
    def their_roles(self, membership: Membership) -> str:
        return membership.role_names

    @admin.action(description=_("End the chosen memberships"), permissions=["change"])
    def end(self, request: Any, queryset: Any) -> None:
        now = timezone.now()
        for membership in queryset.filter(ended_at=None):
            try:
                operations.end_membership(actor=request.actor, now=now, membership=membership)
            except DomainError as error:
                self.message_user(request, f"{membership}: {error}", level="error")


class CreatePersonForm(OperationForm):
    class Meta:
        model = User
        fields = ["username", "full_name", "email", "mobile", "language", "is_staff"]

    def operate(self) -> User:
        return operations.create_person(actor=self.actor, now=self.now, **self.cleaned_data)


@admin.register(User)
class UserAdmin(OperationAdmin):
    permissions = permissions
    add_form, adds = CreatePersonForm, "manage_members"
    list_display = ["username", "full_name", "email", "mobile", "is_staff", "last_login"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["username", "full_name", "email", "mobile"]
    ordering = ["username"]
    fields = [*list_display, "language", "date_joined", "is_active"]
    actions = ["end_sessions", "deactivate", "reactivate"]

    def has_end_sessions_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "end_sessions")

    def has_deactivate_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "deactivate_people")

    @admin.action(
        description=_("Sign the chosen people out everywhere"), permissions=["end_sessions"]
    )
    def end_sessions(self, request: Any, queryset: Any) -> None:
        people = list(queryset)
        operations.end_sessions(actor=request.actor, now=timezone.now(), people=people)
        self.message_user(request, _("The chosen people are signed out everywhere."))

    @admin.action(description=_("Close the chosen accounts"), permissions=["deactivate"])
    def deactivate(self, request: Any, queryset: Any) -> None:
        self._each(request, queryset, operations.deactivate_person)

    @admin.action(description=_("Open the chosen accounts again"), permissions=["deactivate"])
    def reactivate(self, request: Any, queryset: Any) -> None:
        self._each(request, queryset, operations.reactivate_person)

    def _each(self, request: Any, people: Any, operation: Any) -> None:
        for person in people:
            try:
                operation(actor=request.actor, now=timezone.now(), person=person)
            except DomainError as error:
                self.message_user(request, f"{person}: {error}", level="error")


@admin.register(TrailEntry)
class TrailAdmin(StaffAdmin):
    permissions = permissions
    reads = "read_trail"
    list_display = ["at", "tenant", "person", "action", "what", "row_id", "why"]
    list_filter = ["action"]
    fields = ["at", "tenant", "person", "action", "what", "row_id", "was", "became", "why"]
    list_select_related = ["tenant"]
    search_fields = ["request_id", "tenant__name"]
    ordering = ["-at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> Any:
        person = User.objects.filter(pk=OuterRef("user_id")).values("username")[:1]
        return super().get_queryset(request).annotate(username=Subquery(person))

    @admin.display(description=_("person"))
    def person(self, entry: Any) -> str:
        return entry.username or "--"

    @admin.display(description=_("reason"))
    def why(self, entry: TrailEntry) -> str:
        # Kept in English; sentences of ours are shown in the reader's language.
        return gettext(entry.reason) if entry.reason else ""

    @admin.display(description=_("what"), ordering="table")
    def what(self, entry: TrailEntry) -> str:
        return entry.subject

    @admin.display(description=_("before"))
    def was(self, entry: TrailEntry) -> str:
        return self._shown(entry, entry.before)

    @admin.display(description=_("after"))
    def became(self, entry: TrailEntry) -> str:
        return self._shown(entry, entry.after)

    def _shown(self, entry: TrailEntry, row: dict[str, Any] | None) -> str:
        """Staff keep organisations and their people; what else they wrote is their own affair."""
        kept = entry.table.startswith("tenants_") or entry.tenant.kind == TenantKind.OPERATOR
        shown = without_confidential(entry.table, row or {})
        return values(shown if kept else dict.fromkeys(shown, "…"))


def values(row: dict[str, Any] | None) -> str:
    """Column by column, as the database has it."""
    lines = [(name, str(value)) for name, value in (row or {}).items()]
    return format_html_join("", "<p><b>{}</b> {}</p>", lines) or "--"
