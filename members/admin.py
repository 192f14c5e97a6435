"""Invitations in the staff site: the first owner of an organisation is asked by the park."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from foundation.errors import DomainError
from foundation.staff import OperationAdmin, OperationForm
from members import operations
from members.models import Invitation
from tenants.kinds import Role
from tenants.permissions import permissions


class InviteForm(OperationForm):
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = Invitation
        fields = ["tenant", "email", "full_name", "roles", "language"]

    def operate(self) -> Invitation:
        return operations.invite_member(actor=self.actor, now=self.now, **self.cleaned_data)


@admin.register(Invitation)
class InvitationAdmin(OperationAdmin):
    permissions = permissions
    reads = "manage_members"
    add_form, adds = InviteForm, "manage_members"
    list_display = ["email", "tenant", "their_roles", "sent_at", "expires_at", "accepted_at"]
    list_select_related = ["tenant"]
    search_fields = ["email", "full_name", "tenant__name", "tenant__slug"]
    autocomplete_fields = ["tenant"]
    ordering = ["-pk"]
    fields = [
        *("tenant", "email", "full_name", "their_roles", "language", "invited_by", "invited_at"),
        *("sent_at", "expires_at", "accepted_at", "accepted_by", "withdrawn_at"),
    ]
    actions = ["send_again", "withdraw"]

    def has_change_members_permission(self, request: Any) -> bool:
        return self.may(request, "manage_members")

    @admin.display(description=_("roles"))
    def their_roles(self, invitation: Invitation) -> str:
        return invitation.role_names

    @admin.action(
        description=_("Send the chosen invitations again"), permissions=["change_members"]
    )
    def send_again(self, request: Any, queryset: Any) -> None:
        self._each(request, queryset, operations.resend_invitation)

    @admin.action(description=_("Withdraw the chosen invitations"), permissions=["change_members"])
    def withdraw(self, request: Any, queryset: Any) -> None:
        self._each(request, queryset, operations.withdraw_invitation)

    def _each(self, request: Any, invitations: Any, operation: Any) -> None:
        for invitation in invitations:
            try:
                operation(actor=request.actor, now=timezone.now(), invitation=invitation)
            except DomainError as error:
                self.message_user(request, f"{invitation}: {error}", level="error")
