"""What applicants see and do: the link itself says which application it opens."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal.ratelimit import respond_429
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from structlog.contextvars import get_contextvars

from backbone.views import download
from foundation import security_log
from foundation.actors import Actor
from foundation.errors import DomainError, WrongState
from foundation.security_log import Event
from residency import links
from residency.application_form import SECTIONS, ApplicationForm, as_sent, asked, progress
from residency.checklist import is_missing, lines_of
from residency.forms import BeginForm, PaperForm, WithdrawForm
from residency.models import Application, DocumentRequirement
from residency.operations import applying
from residency.operations import papers as paper_operations
from residency.operations.drafts import SavedElsewhere, Sender, base_of, save_draft
from residency.queries import standing_of
from tenants.guessing import admit, admit_each
from tenants.isolation.context import enter_tenant

View = Callable[..., HttpResponse]


def by_link(view: View) -> View:
    """The view gets the application that the link names, as the park's own actor."""

    @never_cache
    @wraps(view)
    def opened(request: Any, token: str, **arguments: Any) -> HttpResponse:
        admitted = admit(request, "application_link_failed", typed=links.claimed(token))
        if admitted is None:
            return respond_429(request)
        nonce = links.read(token)
        if nonce is None:
            return _no_link(request)
        admitted.rollback()
        with links.opened(nonce, user_id=request.user.pk, request_id=_request_id()) as found:
            if found is None or found.has_expired(timezone.now()):
                return _no_link(request)
            return view(request, found, **arguments)

    return opened


# -- beginning -----------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: Any) -> HttpResponse:
    """Who applies, and where the link goes; the application opens at once."""
    is_sent = request.method == "POST"
    form = BeginForm(request.POST if is_sent else None, initial={"language": get_language()})
    if is_sent and form.is_valid():
        key = form.cleaned_data["email"].casefold()
        if not admit_each(request, "application_begun", key):
            return respond_429(request)
        return redirect(_begun(form.cleaned_data))
    return render(request, "residency/apply/begin.html", {"form": form})


def _begun(said: dict[str, Any]) -> str:
    park = links.park_id()
    with enter_tenant(park, request_id=_request_id()):
        made = applying.begin_application(
            actor=Actor(None, park, request_id=_request_id()), now=timezone.now(), **said
        )
    return links.path_of(made)


# -- filling in ----------------------------------------------------------------------------------


@require_safe
@by_link
def application(request: Any, found: Application) -> HttpResponse:
    """While it is filled in: what is done and what is missing. Then: how far it has come."""
    return _application_page(request, found)


def _application_page(
    request: Any, found: Application, *, form: WithdrawForm | None = None, status: int = 200
) -> HttpResponse:
    values = {
        "application": found,
        "token": links.token_of(found),
        "address": links.address_of(found),
        "standing": standing_of(found, timezone.now()),
        "withdraw_form": form or WithdrawForm(),
    }
    if found.is_editable:
        values |= _what_is_missing(found)
    return render(request, "residency/apply/application.html", values, status=status)


def _what_is_missing(found: Application) -> dict[str, Any]:
    sections, lines = progress(found), lines_of(found, timezone.now())
    missing = [line for line in lines if is_missing(line)]
    needed = [line for line in lines if line.requirement.is_required]
    done = sum(s.said for s in sections) + sum(not is_missing(line) for line in needed)
    steps = sum(s.asked for s in sections) + len(needed)
    return {
        "sections": sections,
        "lines": lines,
        "missing_lines": missing,
        "brought": sum(line.has_file for line in lines),
        "percent": 100 * done // max(steps, 1),
        "can_submit": not missing and all(section.is_complete for section in sections),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def section(request: Any, found: Application, section: str) -> HttpResponse:
    """One section of the form; saved as typed by itself, by “Save” and by going on."""
    if section not in SECTIONS:
        raise Http404
    if not found.is_editable:
        return redirect(links.path_of(found))
    if request.method != "POST":
        return _section_page(request, found, section, found.draft)
    typed = _typed(request.POST, found, section)
    try:
        found = save_draft(
            actor=_actor(found),
            now=timezone.now(),
            application=found,
            section=section,
            typed=typed,
            sender=_sender(request.POST),
        )
    except SavedElsewhere as error:
        return _saved_elsewhere(request, found, section, typed, error)
    except DomainError as error:
        return _not_saved(request, found, section, typed, error)
    return _saved(request, found, section)


def _typed(sent: Any, found: Application, section: str) -> dict[str, Any]:
    """Everything the section asks, as it was typed; an unticked box is an empty answer."""
    fields = ApplicationForm(found, asked(found, section), strict=False).fields
    many = {
        name
        for name, field in fields.items()
        if hasattr(field.widget, "allow_multiple_selected") and field.widget.allow_multiple_selected
    }
    return {
        name: sent.getlist(name) if name in many else sent.get(name, "").replace("\r\n", "\n")
        for name in fields
    }


def _sender(sent: Any) -> Sender:
    turn = sent.get("turn", "")
    is_number = turn.isascii() and turn.isdecimal() and len(turn) < 9
    return Sender(
        base=sent.get("base", "")[:24],
        page=sent.get("page", "")[:32],
        turn=int(turn) if is_number else 0,
    )


def _saved(request: Any, found: Application, section: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render(
            request,
            "residency/apply/saved.html",
            {"base": base_of(found, section), "now": timezone.now(), "is_answer": True},
        )
    names = asked(found, section)
    form = ApplicationForm(found, names, strict=False, data=_as_sent(found, names))
    if not form.is_valid():
        return _section_page(request, found, section, found.draft, form=form, is_saved=True)
    if "stay" in request.POST:
        messages.success(request, _("Saved as it was typed."))
        return redirect(request.path)
    return redirect(_after(found, section))


def _after(found: Application, section: str) -> str:
    """The next section, after the last one the documents."""
    codes = [*SECTIONS]
    position = codes.index(section) + 1
    if position == len(codes):
        return _address(found, "documents")
    return _address(found, "section", section=codes[position])


def _saved_elsewhere(
    request: Any, found: Application, section: str, typed: Any, error: DomainError
) -> HttpResponse:
    """Both are shown, and whoever types decides."""
    if request.headers.get("HX-Request"):
        return render(request, "residency/apply/saved.html", {"trouble": str(error)})
    stored = Application.objects.get(pk=found.pk)
    labels = ApplicationForm(stored, asked(stored, section), strict=False).fields
    other = [
        (labels[name].label, _shown(stored.draft.get(name, "")))
        for name, value in typed.items()
        if stored.draft.get(name, "") != value
    ]
    return _section_page(
        request, stored, section, typed, trouble=str(error), elsewhere=other, status=409
    )


def _not_saved(
    request: Any, found: Application, section: str, typed: Any, error: DomainError
) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render(request, "residency/apply/saved.html", {"trouble": str(error)})
    if isinstance(error, WrongState):
        messages.warning(request, str(error))
        return redirect(links.path_of(found))
    return _section_page(request, found, section, typed, trouble=str(error), status=422)


def _section_page(
    request: Any,
    found: Application,
    section: str,
    said: Any,
    *,
    form: ApplicationForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    names = asked(found, section)
    values = {
        "application": found,
        "token": links.token_of(found),
        "form": form or ApplicationForm(found, names, strict=False, initial=said),
        "section": section,
        "title": SECTIONS[section][0],
        "sections": progress(found),
        "base": base_of(found, section),
        "page": secrets.token_hex(16),
        **more,
    }
    return render(request, "residency/apply/section.html", values, status=status)


# -- documents -----------------------------------------------------------------------------------


@require_safe
@by_link
def papers(request: Any, found: Application) -> HttpResponse:
    """The checklist, each line with its file and its mark."""
    return _papers_page(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def paper(request: Any, found: Application, pk: int) -> HttpResponse:
    """Bring the document of one line, in the place of the one before."""
    if request.method != "POST":
        return redirect(_address(found, "documents"))
    requirement = get_object_or_404(DocumentRequirement, pk=pk, kind=found.kind)
    if not admit_each(request, "application_upload", found.nonce):
        return respond_429(request)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            paper_operations.bring_document(
                actor=_actor(found),
                now=timezone.now(),
                application=found,
                requirement=requirement,
                file=form.cleaned_data["file"],
                name=form.cleaned_data["file"].name,
            )
        except DomainError as error:
            form.add_error("file", str(error))
    if form.errors:
        return _papers_page(request, found, form=form, wrong=pk, status=422)
    messages.success(request, _("“%(document)s” is here.") % {"document": requirement})
    return redirect(_address(found, "documents"))


@require_safe
@by_link
def paper_file(request: Any, found: Application, pk: int) -> HttpResponse:
    """The applicant's own file."""
    try:
        document, opened = paper_operations.open_own_document(
            actor=_actor(found), now=timezone.now(), application=found, requirement_id=pk
        )
    except DomainError as error:
        raise Http404 from error
    return download(document, opened)


@require_POST
@by_link
def removal(request: Any, found: Application, pk: int) -> HttpResponse:
    row = get_object_or_404(found.documents, requirement_id=pk)
    return _step(
        request,
        found,
        lambda: paper_operations.take_back_document(
            actor=_actor(found), now=timezone.now(), row=row
        ),
        _("The file is removed."),
        to=_address(found, "documents"),
    )


def _papers_page(
    request: Any,
    found: Application,
    *,
    form: PaperForm | None = None,
    wrong: int | None = None,
    status: int = 200,
) -> HttpResponse:
    lines = lines_of(found, timezone.now())
    values = {
        "application": found,
        "token": links.token_of(found),
        "sections": progress(found),
        "lines": [
            (line, form if form and wrong == line.requirement.pk else PaperForm()) for line in lines
        ],
        "form": form,
        "section": "documents",
        "limit": paper_operations.LARGEST_BYTES // (1024 * 1024),
    }
    return render(request, "residency/apply/documents.html", values, status=status)


# -- submitting, withdrawing ---------------------------------------------------------------------


@require_POST
@by_link
def submission(request: Any, found: Application) -> HttpResponse:
    return _step(
        request,
        found,
        lambda: applying.submit_application(
            actor=_actor(found), now=timezone.now(), application=found
        ),
        _("The application is submitted. The park answers by mail."),
    )


@require_POST
@by_link
def withdrawal(request: Any, found: Application) -> HttpResponse:
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _application_page(request, found, form=form, status=422)
    reason = form.cleaned_data["reason"]
    return _step(
        request,
        found,
        lambda: applying.withdraw_application(
            actor=_actor(found), now=timezone.now(), application=found, reason=reason
        ),
        _("The application is withdrawn."),
    )


def _step(
    request: Any, found: Application, operate: Callable[[], Any], done: str, to: str = ""
) -> HttpResponse:
    """Do it and go back to the application's page, which says what is missing if it was refused."""
    try:
        operate()
        messages.success(request, done)
    except DomainError as error:
        if error.status == 403:
            raise
        messages.warning(request, str(error))
    return redirect(to or links.path_of(found))


# -- what they share -----------------------------------------------------------------------------


def _actor(found: Application) -> Actor:
    return Actor(None, found.tenant_id, request_id=_request_id())


def _address(found: Application, view: str, **arguments: Any) -> str:
    return reverse(f"apply:{view}", kwargs={"token": links.token_of(found), **arguments})


def _as_sent(found: Application, names: list[str]) -> Any:
    return as_sent({name: found.draft.get(name, "") for name in names})


def _shown(value: str | list[str]) -> str:
    return ", ".join(value) if isinstance(value, list) else value


def _no_link(request: Any) -> HttpResponse:
    security_log.tell(Event.LINK_REFUSED, kind="application")
    # No address in it: it is the same page for every link.
    return render(request, "residency/apply/no_link.html", {"refused": True}, status=404)


def _request_id() -> str:
    return str(get_contextvars().get("request_id", ""))
