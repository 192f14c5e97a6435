"""Guests of events in the staff site: to find, to correct, to answer for, to take off the list."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.steps import Step, StepAdmin, StepForm
from training import guest_links
from training.admin.shared import SEARCHED
from training.models import Guest, GuestState
from training.models.guests import EXPECTED
from training.operations import guests
from training.permissions import permissions

S = GuestState
ACTION = "invite_guests"
THERE = "there"


class ChangeForm(StepForm):
    model_fields = ("name", "company", "email", "mobile")

    def operate(self) -> Any:
        said = self.cleaned_data
        return guests.change_guest(actor=self.actor, now=self.now, guest=self.row, **said)


class InvitationForm(StepForm):
    def operate(self) -> Any:
        return guests.send_invitations(actor=self.actor, now=self.now, guests=[self.row])


class AcceptanceForm(StepForm):
    accepts = True

    def operate(self) -> Any:
        return guests.answer_for(
            actor=self.actor, now=self.now, guest=self.row, accepts=self.accepts
        )


class RefusalForm(AcceptanceForm):
    accepts = False


class RemovalForm(StepForm):
    def operate(self) -> Any:
        return guests.remove_guests(actor=self.actor, now=self.now, guests=[self.row])


@admin.register(Guest)
class GuestAdmin(StepAdmin):
    permissions = permissions
    reads = ACTION
    list_display = ["__str__", "comes_from", "session", "state", "arrived_at"]
    list_filter = ["state", ("session", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["tenant", "session__course"]
    search_fields = ["name", "company", "email", "mobile", *SEARCHED]
    fields = [
        *("session", "tenant", "state", "name", "company", "email", "mobile", "language"),
        *("link", "printed", "added_at", "added_by", "invited_at", "answered_at"),
        *("arrived_at", "arrived_by", "erased_at"),
    ]
    steps = [
        Step("change", pgettext_lazy("guest", "Correct"), ChangeForm, ACTION,
             frozenset({*EXPECTED, S.DECLINED}),
             note=_("Another name or address is another person: the old link and code end.")),
        Step("invitation", _("Send the invitation"), InvitationForm, ACTION,
             frozenset(EXPECTED), primary=True, when=lambda row: bool(row.email)),
        Step("acceptance", pgettext_lazy("guest", "Is coming"), AcceptanceForm, ACTION,
             frozenset({S.LISTED, S.INVITED, S.DECLINED})),
        Step("refusal", pgettext_lazy("guest", "Is not coming"), RefusalForm, ACTION,
             frozenset(EXPECTED)),
        Step("removal", _("Take off the list"), RemovalForm, ACTION,
             frozenset({*EXPECTED, S.DECLINED})),
    ]  # fmt: skip

    def state_of(self, row: Guest) -> str:
        return THERE if row.arrived_at or row.erased_at else str(row.state)

    @admin.display(description=_("comes from"))
    def comes_from(self, row: Guest) -> str:
        return row.comes_from

    @admin.display(description=_("personal link"))
    def link(self, row: Guest) -> str:
        """To pass on by hand; whoever has it answers for the guest."""
        if row.state == S.REMOVED or row.erased_at is not None:
            return "--"
        address = guest_links.address_of(row, row.tenant.slug)
        return format_html('<a class="staff-address" href="{}">{}</a>', address, address)

    @admin.display(description=_("code"))
    def printed(self, row: Guest) -> str:
        return row.printed_code
