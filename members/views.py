"""The people of the organisation, for its owners and managers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backbone.paging import page_of
from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.refusals import is_done
from members import operations
from members.forms import InvitationForm, RolesForm
from members.models import Invitation
from tenants.models import Membership, Tenant
from tenants.operations import change_roles, end_membership
from tenants.permissions import permissions
from tenants.rules import may_give


@dataclass(frozen=True, slots=True)
class Shown:
    """A member or an invitation, and whether the reader may change it."""

    row: Any
    changeable: bool
    is_over: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: Any) -> HttpResponse:
    """Who is in the organisation, who is invited, and a form to invite somebody."""
    permissions.require(request.actor, "manage_members")
    form = InvitationForm(
        _sent(request),
        actor=request.actor,
        tenant=request.tenant,
        initial={"language": get_language()},
    )
    if request.method == "POST" and form.is_valid() and _invite(request, form):
        sentence = _("The invitation to %(address)s is on its way.")
        messages.success(request, sentence % {"address": form.cleaned_data["email"]})
        return redirect(request.path)
    return render(request, "members/people.html", {"form": form, **_lists(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def roles(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, "manage_members")
    member = _member(request, pk)
    form = RolesForm(
        _sent(request),
        actor=request.actor,
        tenant=request.tenant,
        initial={"roles": member.roles},
    )
    if request.method == "POST" and form.is_valid() and _change(request, member, form):
        messages.success(request, _("The roles are changed."))
        return redirect("members:people", tenant=request.tenant.slug)
    return render(request, "members/roles.html", {"form": form, "member": member})


@require_POST
def ending(request: Any, pk: int) -> HttpResponse:
    try:
        end_membership(actor=request.actor, now=timezone.now(), membership=_member(request, pk))
        messages.success(request, _("The person has left and is signed out."))
    except InvalidInput as error:
        messages.error(request, str(error))
    return redirect("members:people", tenant=request.tenant.slug)


@require_POST
def sending(request: Any, pk: int) -> HttpResponse:
    """Once more, with a new link and a new week."""
    return _answer(request, pk, operations.resend_invitation, _("The invitation is on its way."))


@require_POST
def withdrawal(request: Any, pk: int) -> HttpResponse:
    return _answer(request, pk, operations.withdraw_invitation, _("The invitation is withdrawn."))


def _sent(request: Any) -> Any:
    return request.POST if request.method == "POST" else None


def _lists(request: Any) -> dict[str, Any]:
    actor, tenant, now = request.actor, request.tenant, timezone.now()
    members = Membership.objects.visible_to(actor).current().select_related("user")
    page = page_of(members, request.GET)
    invited = Invitation.objects.visible_to(actor).unanswered().select_related("invited_by")
    return {
        "members": [_shown(row, actor, tenant) for row in page.rows],
        "page": page,
        "invitations": [
            _shown(row, actor, tenant, is_over=bool(row.why_over(now)))
            for row in invited.order_by("-sent_at", "-pk")
        ],
    }


def _shown(row: Any, actor: Actor, tenant: Tenant, *, is_over: bool = False) -> Shown:
    return Shown(row, may_give(actor, tenant, row.roles), is_over)


def _member(request: Any, pk: int) -> Membership:
    members = Membership.objects.visible_to(request.actor).current().select_related("user")
    return get_object_or_404(members, pk=pk)


def _invite(request: Any, form: InvitationForm) -> bool:
    return is_done(
        form,
        lambda: operations.invite_member(
            actor=request.actor, now=timezone.now(), tenant=request.tenant, **form.cleaned_data
        ),
    )


def _change(request: Any, member: Membership, form: RolesForm) -> bool:
    return is_done(
        form,
        lambda: change_roles(
            actor=request.actor, now=timezone.now(), membership=member, **form.cleaned_data
        ),
    )


def _answer(request: Any, pk: int, operation: Any, sentence: str) -> HttpResponse:
    own = get_object_or_404(Invitation.objects.visible_to(request.actor), pk=pk)
    try:
        operation(actor=request.actor, now=timezone.now(), invitation=own)
        messages.success(request, sentence)
    except WrongState as error:
        messages.warning(request, str(error))
    return redirect("members:people", tenant=request.tenant.slug)
