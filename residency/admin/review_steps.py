"""Steps of an application from its check to the decision, and of its conditions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.errors import InvalidInput
from foundation.steps import Step, StepForm
from residency import reviewers
from residency.admin.review_sheet import ReviewSheet
from residency.models import ApplicationState
from residency.operations import decisions, reviews
from residency.operations.decisions import Wanted
from tenants.models import User

State = ApplicationState
# Rows for conditions on the page of the decision; more are rarely wanted at once.
CONDITION_ROWS = 5


class BeginReviewForm(StepForm):
    done = _("The review has begun. Ask the reviewers now, or upload the minutes.")

    def operate(self) -> Any:
        return reviews.begin_review(actor=self.actor, now=self.now, application=self.row)


class ReviewersForm(StepForm):
    people = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("Reviewers"), widget=forms.CheckboxSelectMultiple
    )
    done = _("The reviewers were told by mail and notice.")

    def prepare(self) -> None:
        field = self.fields["people"]
        field.queryset = reviewers.candidates(self.row)  # type: ignore[attr-defined]
        field.help_text = _(
            "This kind of applicant asks for %(count)s. Whoever belongs to the applicant or "
            "declared a conflict of interest does not stand here."
        ) % {"count": self.row.rubric["reviewers"]}

    def operate(self) -> Any:
        people = self.cleaned_data["people"]
        return reviews.assign_reviewers(
            actor=self.actor, now=self.now, application=self.row, people=list(people)
        )


class MinutesForm(StepForm):
    file = forms.FileField(label=_("Minutes of the review meeting"), help_text=_("At most 20 MB."))

    def operate(self) -> Any:
        file = self.cleaned_data["file"]
        return reviews.upload_minutes(
            actor=self.actor, now=self.now, application=self.row, file=file, name=file.name
        )


class DecisionForm(StepForm):
    """Outcome, reason and conditions below what the reviewers said."""

    page = "residency/staff/decision.html"
    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (State.OFFERED, _("Accept")),
            (State.CONDITIONAL, _("Accept with conditions")),
            (State.REJECTED, _("Decline")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Needed to decline, and to accept below the pass mark. Who is declined reads it."
        ),
    )
    done = _("Decided. The applicant gets a letter.")

    def prepare(self) -> None:
        owners = reviewers.park_people(self.row.tenant_id)
        for number in range(1, CONDITION_ROWS + 1):
            self.fields[f"text_{number}"] = forms.CharField(
                label=_("Condition %(number)s") % {"number": number}, required=False, max_length=500
            )
            self.fields[f"owner_{number}"] = forms.ModelChoiceField(
                owners, label=_("Who sees to it"), required=False
            )
            self.fields[f"due_{number}"] = forms.DateField(
                label=_("due").capitalize(), required=False,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )  # fmt: skip

    def sheet(self) -> ReviewSheet:
        return ReviewSheet(self.row, self.actor)

    def condition_rows(self) -> list[list[Any]]:
        numbers = range(1, CONDITION_ROWS + 1)
        return [[self[f"{name}_{n}"] for name in ("text", "owner", "due")] for n in numbers]

    def operate(self) -> Any:
        return decisions.decide(
            actor=self.actor,
            now=self.now,
            application=self.row,
            outcome=self.cleaned_data["outcome"],
            reason=self.cleaned_data["reason"],
            conditions=list(self._wanted()),
        )

    def _wanted(self) -> Any:
        """Of accepting with conditions; rows that were filled in before are not held against
        another decision."""
        if self.cleaned_data["outcome"] != State.CONDITIONAL:
            return
        for number in range(1, CONDITION_ROWS + 1):
            text, owner, due_on = (
                self.cleaned_data[f"{name}_{number}"] for name in ("text", "owner", "due")
            )
            if not (text or owner or due_on):
                continue
            yield self._one(number, text, owner, due_on)

    def _one(self, number: int, text: str, owner: Any, due_on: date | None) -> Wanted:
        if not text or owner is None or due_on is None:
            missing = _("A condition has a text, an owner and a day.")
            raise InvalidInput(fields={f"text_{number}": missing})
        return Wanted(text=text, owner=owner, due_on=due_on)


class ConfirmForm(StepForm):
    done = _("The offer holds. The applicant gets a letter.")

    def operate(self) -> Any:
        return decisions.confirm_offer(actor=self.actor, now=self.now, application=self.row)


class DeclineForm(StepForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The applicant reads it."),
    )  # fmt: skip

    def operate(self) -> Any:
        return decisions.decline_conditional(
            actor=self.actor,
            now=self.now,
            application=self.row,
            reason=self.cleaned_data["reason"],
        )


def _is_scored(application: Any) -> bool:
    return bool(application.rubric.get("reviewers"))


def _asks_more(application: Any) -> bool:
    """While their scores cannot be read by everybody yet."""
    return _is_scored(application) and not reviews.is_complete(application)


def _meeting_decides(application: Any) -> bool:
    return not _is_scored(application)


def _all_met(application: Any) -> bool:
    return not application.conditions.filter(met_at=None).exists()


REVIEW, CONDITIONAL = frozenset({State.REVIEW}), frozenset({State.CONDITIONAL})
STEPS = [
    Step(
        "review", _("Begin the review"), BeginReviewForm, "check_applications",
        frozenset({State.CHECKING}), primary=True,
        note=_("The rubric of today counts for this application to the end."),
    ),
    Step(
        "reviewers", _("Ask reviewers"), ReviewersForm, "assign_reviewers", REVIEW,
        when=_asks_more,
    ),
    Step(
        "minutes", _("Upload minutes"), MinutesForm, "check_applications", REVIEW,
        when=_meeting_decides,
    ),
    Step("decision", _("Decide"), DecisionForm, "decide", REVIEW, primary=True),
    Step(
        "offer", _("Accept for good"), ConfirmForm, "decide", CONDITIONAL, primary=True,
        when=_all_met, note=_("All conditions are met."),
    ),
    Step(
        "refusal", _("Decline after all"), DeclineForm, "decide", CONDITIONAL,
        note=_("For conditions that were not met."),
    ),
]  # fmt: skip
