"""The page that the link of an invitation leads to; whoever opens it may have no account."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from allauth.core.internal.ratelimit import respond_429
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from structlog.contextvars import get_contextvars

from foundation import security_log
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, Sentence, WrongState
from foundation.security_log import Event
from members import links, operations
from members.forms import NewPersonForm
from members.models import Invitation
from tenants.guessing import admit
from tenants.models import Membership, User

NO_LINK = _(
    "This link is incomplete or was replaced by a newer one. Open the link of the newest mail."
)


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: Any, token: str) -> HttpResponse:
    """Shows who invites and as what, and lets the right person in."""
    admitted = admit(request, "invitation_link_failed", typed=links.claimed(token))
    if admitted is None:
        return respond_429(request)
    told = links.read(token)
    if told is None:
        return _refuse(request, NO_LINK, 404)
    admitted.rollback()
    with links.opened(told, user_id=request.user.pk, request_id=_request_id()) as found:
        return _answer(request, found)


def _answer(request: Any, found: Invitation | None) -> HttpResponse:
    if found is None:
        return _refuse(request, NO_LINK, 404)
    if sentence := found.why_over(timezone.now()):
        return _refuse(request, sentence, 410)
    state = _state(request.user, operations.person_with(found.email))
    is_sent = request.method == "POST"
    form = NewPersonForm(request.POST if is_sent else None, initial={"full_name": found.full_name})
    if is_sent and (state == "accept" or (state == "new" and form.is_valid())):
        return _accept(request, found, form, state)
    return _page(request, found, form, state)


def _state(visitor: Any, holder: User | None) -> str:
    """What the page is about: ``new``, ``sign_in``, ``accept`` or ``other`` than who was asked."""
    if not visitor.is_authenticated:
        return "sign_in" if holder else "new"
    return "accept" if holder and holder.pk == visitor.pk else "other"


def _page(request: Any, found: Invitation, form: NewPersonForm, state: str) -> HttpResponse:
    values = {"invitation": found, "form": form, "state": state}
    return render(request, "members/invitation.html", values)


def _accept(request: Any, found: Invitation, form: NewPersonForm, state: str) -> HttpResponse:
    is_new = state == "new"
    told = {name: form.cleaned_data[name] for name in ("full_name", "password")} if is_new else {}
    try:
        membership = operations.accept_invitation(
            actor=Actor(request.user.pk, found.tenant_id, request_id=_request_id()),
            now=timezone.now(),
            invitation=found,
            person=None if is_new else request.user,
            **told,
        )
    except InvalidInput as error:
        for name, sentence in error.fields.items():
            form.add_error(name, str(sentence))
        return _page(request, found, form, state)
    except WrongState as error:
        return _refuse(request, error.message, 410)
    except DomainError as error:
        return _refuse(request, error.message, error.status)
    return _let_in(request, membership, is_new=is_new)


def _let_in(request: Any, membership: Membership, *, is_new: bool) -> HttpResponse:
    home = reverse("portal", kwargs={"tenant": membership.tenant.slug})
    if not is_new:
        return redirect(home)
    return perform_login(request, membership.user, email_verification="none", redirect_url=home)


def _refuse(request: Any, sentence: Sentence, status: int) -> HttpResponse:
    security_log.tell(Event.LINK_REFUSED, kind="invitation")
    values = {"sentence": sentence, "refused": True}
    return render(request, "members/invitation_over.html", values, status=status)


def _request_id() -> str:
    return str(get_contextvars().get("request_id", ""))
