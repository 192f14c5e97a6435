"""Steps of a lifecycle in the staff site: a button for each step that is possible now.

The page of a row is for reading. A step opens a page that asks what must be asked and calls one
operation; nothing is edited behind the state machine's back. An admin class lists its ``steps``,
and the buttons of those that the row's state and the reader's role allow stand above the row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from foundation.actors import Actor
from foundation.errors import DomainError, Sentence
from foundation.refusals import show_refusal
from foundation.staff import StaffAdmin


class StepForm(forms.Form):
    """What a step asks. ``operate`` calls the operation; a refusal comes back at the form."""

    # Said after the step; empty says that it is done.
    done: Sentence = ""
    # Writes the fields; a form of many rows has one of its own.
    template = "admin/step_fields.html"
    # A page that shows more than the fields; it gets ``form`` and asks it.
    page = "admin/step.html"
    # Fields of the row's own model to begin with; ``prepare`` may change them.
    model_fields: Sequence[str] = ()
    # Where the step leads when not back to the row; ``operate`` may set it.
    leads_to = ""

    def __init__(self, *args: Any, actor: Actor, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.row = actor, row
        if self.model_fields:
            self.take_fields(row, self.model_fields)
        self.prepare()

    def take_fields(self, row: Any, names: Sequence[str]) -> None:
        """Ask for these columns of ``row``, with what stands in them; before the form's own."""
        own = forms.fields_for_model(type(row), names, formfield_callback=_formfield)
        self.fields = {**own, **self.fields}
        self.initial = {**forms.model_to_dict(row, names), **self.initial}

    def prepare(self) -> None:
        """Choices and initial values that depend on the row or the actor."""

    def operate(self) -> Any:
        """Call the operation with ``self.cleaned_data``. Raises DomainError."""
        raise NotImplementedError

    @property
    def now(self) -> Any:
        return timezone.now()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.operate()
        except DomainError as error:
            show_refusal(self, error)


def day_input() -> forms.DateInput:
    """A day, chosen in the browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _formfield(column: Any, **kwargs: Any) -> Any:
    if isinstance(column, models.DateField) and not isinstance(column, models.DateTimeField):
        kwargs["widget"] = day_input()
    return column.formfield(**kwargs)


@dataclass(frozen=True, slots=True)
class Step:
    """``name`` is a noun and stands in the address; ``states`` are those it starts from."""

    name: str
    label: Sentence
    form: type[StepForm]
    action: str
    states: frozenset[str]
    # Why somebody would take it, above the form.
    note: Sentence = ""
    primary: bool = False
    # Whether it makes sense for this row, beyond its state.
    when: Callable[[Any], bool] = lambda row: True


class StepAdmin(StaffAdmin):
    """A StaffAdmin whose rows move by ``steps``; ``state_of`` says where a row is."""

    steps: Sequence[Step] = ()
    change_form_before_template = "admin/steps.html"

    class Media:
        css = {"all": ["staff-pages.css"]}
        js = ("staff.js",)

    def state_of(self, row: Any) -> str:
        return str(row.state)

    def offered(self, request: HttpRequest, row: Any) -> list[Step]:
        """The steps that this person can take with this row now."""
        state = self.state_of(row)
        possible = [s for s in self.steps if state in s.states and s.when(row)]
        return [step for step in possible if self.may(request, step.action)]

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.step_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_step"
        return [path("<path:object_id>/steps/<slug:step>/", page, name=name), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        steps = self.offered(request, row) if row is not None else []
        more = {"steps": [(step, self.step_url(row, step.name)) for step in steps]}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def step_url(self, row: Any, step: str) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_step"
        return reverse(name, kwargs={"object_id": row.pk, "step": step})

    def row_url(self, row: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])

    def step_view(self, request: Any, object_id: str, step: str) -> HttpResponse:
        """The form of one step; a step that is not possible any more leads back to the row."""
        row = self.get_object(request, unquote(object_id))
        known = {each.name: each for each in self.steps}
        if row is None or step not in known or not self.may(request, known[step].action):
            raise Http404
        if known[step] not in self.offered(request, row):
            messages.warning(
                request, _("This step is not possible any more. This is the current state.")
            )
            return redirect(self.row_url(row))
        return self._take(request, row, known[step])

    def _take(self, request: Any, row: Any, step: Step) -> HttpResponse:
        is_sent = request.method == "POST"
        sent = (request.POST, request.FILES) if is_sent else (None, None)
        form = step.form(*sent, actor=request.actor, row=row)
        if is_sent and form.is_valid():
            messages.success(request, str(form.done or _("Done: %(step)s") % {"step": step.label}))
            return redirect(form.leads_to or self.row_url(row))
        values = {
            **self.admin_site.each_context(request),
            "title": capfirst(str(step.label)),
            "opts": self.opts,
            "row": row,
            "row_url": self.row_url(row),
            "step": step,
            "form": form,
        }
        return render(request, form.page, values)
