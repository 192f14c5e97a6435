"""Steps until the review: take it, mark the documents, return, decline, close, hand over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.steps import Step, StepForm
from residency.checklist import OPEN_MARKS, lines_of
from residency.models import Application, ApplicationState, Mark
from residency.operations import checking
from tenants.models import Membership

S = ApplicationState
OVER = frozenset({S.RESIDENT, S.REJECTED, S.LOST})
ACTION = "check_applications"


def _words(label: Any, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 5})
    return forms.CharField(label=label, max_length=4000, widget=widget, **options)


class TakeForm(StepForm):
    done = _("It is yours now. Mark its documents next.")

    def operate(self) -> Application:
        return checking.take_application(actor=self.actor, now=self.now, application=self.row)


class MarkForm(StepForm):
    done = _("The marks are kept.")
    template = "residency/admin/marks.html"

    def prepare(self) -> None:
        for row in self.rows:
            self.fields[f"mark_{row.pk}"] = forms.ChoiceField(
                label=str(row.requirement),
                choices=Mark.choices,
                initial=row.mark,
                widget=forms.RadioSelect,
            )
            self.fields[f"reason_{row.pk}"] = forms.CharField(
                label=_("Reason, where it is missing or not valid"),
                required=False,
                max_length=500,
                initial=row.reason,
            )

    @property
    def rows(self) -> Any:
        if not hasattr(self, "_rows"):
            self._rows = list(self.row.documents.select_related("requirement", "file"))
        return self._rows

    def lines(self) -> list[tuple[Any, Any, Any]]:
        return [(row, self[f"mark_{row.pk}"], self[f"reason_{row.pk}"]) for row in self.rows]

    @property
    def park(self) -> str:
        return str(self.row.tenant.slug)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for row in self.rows:
            mark, reason = values.get(f"mark_{row.pk}"), values.get(f"reason_{row.pk}", "").strip()
            if mark in OPEN_MARKS and not reason:
                self.add_error(
                    f"reason_{row.pk}", _("Say why the document is missing or not valid.")
                )
            if mark == Mark.COMPLETE and row.file_id is None:
                self.add_error(f"mark_{row.pk}", _("Nothing was uploaded that could be complete."))
        return values

    def operate(self) -> Application:
        said = self.cleaned_data
        marks = {r.pk: (said[f"mark_{r.pk}"], said[f"reason_{r.pk}"]) for r in self.rows}
        return checking.mark_documents(
            actor=self.actor, now=self.now, application=self.row, marks=marks
        )


class ReturnForm(StepForm):
    note = _words(_("What is to be completed"))
    done = _("It is returned; the applicant gets a letter, and the clock stands still.")

    def prepare(self) -> None:
        faulty = [line for line in lines_of(self.row, self.now) if line.is_faulty]
        reasons = [f"{line.requirement}: {line.row.reason}" for line in faulty if line.row]
        self.fields["note"].initial = "\n".join(reasons)

    def operate(self) -> Application:
        return checking.return_application(
            actor=self.actor, now=self.now, application=self.row, **self.cleaned_data
        )


class DeclineForm(StepForm):
    reason = _words(_("Reason, as the applicant reads it"))
    done = _("It is declined; the applicant gets a letter with the reason.")

    def operate(self) -> Application:
        return checking.decline_unreviewed(
            actor=self.actor, now=self.now, application=self.row, **self.cleaned_data
        )


class CloseForm(StepForm):
    reason = _words(_("Reason, as the applicant reads it"), initial=_("We heard nothing more."))
    done = _("It is closed; the applicant gets a letter.")

    def operate(self) -> Application:
        return checking.close_unanswered(
            actor=self.actor, now=self.now, application=self.row, **self.cleaned_data
        )


class HandOverForm(StepForm):
    handler = forms.TypedChoiceField(label=_("Who goes on with it"), coerce=int)
    done = _("It is handed over.")

    def prepare(self) -> None:
        members = Membership.objects.current().filter(
            tenant_id=self.row.tenant_id, user__is_staff=True, user__is_active=True
        )
        people = members.exclude(user_id=self.row.handler_id).select_related("user")
        field: Any = self.fields["handler"]
        field.choices = [(member.user_id, str(member.user)) for member in people]

    def operate(self) -> Application:
        return checking.hand_over_application(
            actor=self.actor,
            now=self.now,
            application=self.row,
            handler_id=self.cleaned_data["handler"],
        )


class LinkForm(StepForm):
    done = _("The link is on its way.")

    def operate(self) -> Application:
        return checking.send_link_again(actor=self.actor, now=self.now, application=self.row)


STEPS = [
    Step("taking", _("Take it"), TakeForm, ACTION, frozenset({S.SUBMITTED}), primary=True),
    Step("marks", _("Mark the documents"), MarkForm, ACTION, frozenset({S.CHECKING}), primary=True),
    Step(
        "return",
        _("Return it for completion"),
        ReturnForm,
        ACTION,
        frozenset({S.SUBMITTED, S.CHECKING}),
        note=_("The applicant gets a letter with this text and the reasons of the documents."),
    ),
    Step(
        "refusal",
        _("Decline it"),
        DeclineForm,
        ACTION,
        frozenset({S.CHECKING}),
        note=_(
            "Where no blocking admission rule is missed, only an owner or manager of the park "
            "may decline it without a review."
        ),
    ),
    Step("closing", _("Close it unanswered"), CloseForm, ACTION, frozenset({S.RETURNED})),
    Step(
        "handover",
        _("Hand it over"),
        HandOverForm,
        ACTION,
        frozenset(S) - OVER - {S.APPLYING, S.SUBMITTED},
    ),
    Step("link", _("Send the link again"), LinkForm, ACTION, frozenset(S) - OVER),
]
