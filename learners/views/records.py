"""One learner: looked at, corrected, asked for consent, gone, back, erased."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.errors import DomainError
from foundation.refusals import show_refusal
from learners import links, operations
from learners.consent_text import CURRENT, text_of
from learners.forms import LearnerForm
from learners.models import Learner
from learners.permissions import permissions
from learners.queries import namesakes
from learners.rules import may_keep
from learners.shown import shown_to


@require_GET
def learner(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, "see_learners")
    own = _own(request, pk)
    keeps = may_keep(request.actor, request.tenant.kind)
    context = {
        "learner": own,
        "shown": shown_to(request.actor, own),
        "consents": own.consents.select_related("declared_by", "withdrawal_recorded_by").order_by(
            "-pk"
        ),
        "namesakes": namesakes(request.actor, own) if keeps else [],
        "link": links.address_of(own, request.tenant.slug) if keeps and not own.erased_at else "",
        "may_keep": keeps,
        "text": text_of(CURRENT, university=request.tenant.display_name),
        "version": CURRENT,
    }
    return render(request, "learners/learner.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Any) -> HttpResponse:
    permissions.require(request.actor, "keep_learners")
    form = LearnerForm(_sent(request))
    if form.is_bound and form.is_valid():
        made = _operated(form, operations.record_learner, request, said=form.cleaned_data)
        if made is not None:
            messages.success(request, _("The learner is in the register."))
            return _to(request, made.pk)
    return render(request, "learners/new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, "keep_learners")
    own = _own(request, pk)
    form = LearnerForm(_sent(request), learner=own)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if _operated(form, operations.change_learner, request, learner=own, said=said) is not None:
            messages.success(request, _("The changes are kept."))
            return _to(request, pk)
    return render(request, "learners/change.html", {"form": form, "learner": own})


@require_POST
def consent(request: Any, pk: int) -> HttpResponse:
    return _step(request, pk, operations.declare_consent, _("The consent is recorded."))


@require_POST
def withdrawal(request: Any, pk: int) -> HttpResponse:
    done = _("It is recorded that the consent was taken back.")
    return _step(request, pk, operations.withdraw_consent, done, own_wish=False)


@require_POST
def sending(request: Any, pk: int) -> HttpResponse:
    return _step(request, pk, operations.send_link, _("The link is on its way by mail."))


@require_POST
def new_link(request: Any, pk: int) -> HttpResponse:
    done = _("There is a new link; the earlier one has stopped working.")
    return _step(request, pk, operations.renew_link, done)


@require_POST
def leaving(request: Any, pk: int) -> HttpResponse:
    done = _("It is recorded that the learner has left.")
    return _step(request, pk, operations.release_learner, done)


@require_POST
def returning(request: Any, pk: int) -> HttpResponse:
    return _step(request, pk, operations.reactivate_learner, _("The learner is back."))


@require_POST
def erasure(request: Any, pk: int) -> HttpResponse:
    return _step(request, pk, operations.erase_learner, _("The personal data is erased."))


def _own(request: Any, pk: int) -> Learner:
    visible = Learner.objects.visible_to(request.actor).with_consent()
    return get_object_or_404(visible, pk=pk)


def _sent(request: Any) -> Any:
    return request.POST if request.method == "POST" else None


def _step(
    request: Any, pk: int, operation: Callable[..., Any], done: str, **more: Any
) -> HttpResponse:
    """One operation from a button; a refusal stands above the learner's page."""
    permissions.require(request.actor, "keep_learners")
    try:
        operation(actor=request.actor, now=timezone.now(), learner=_own(request, pk), **more)
        messages.success(request, done)
    except DomainError as error:
        messages.warning(request, str(error))
    return _to(request, pk)


def _operated(form: LearnerForm, operation: Callable[..., Any], request: Any, **more: Any) -> Any:
    """What the operation gives; None with its refusal at the form."""
    try:
        return operation(actor=request.actor, now=timezone.now(), **more)
    except DomainError as error:
        show_refusal(form, error)
        return None


def _to(request: Any, pk: int) -> HttpResponse:
    return redirect("learners:learner", tenant=request.tenant.slug, pk=pk)
