"""Reviews and conditions in the staff site: the inbox of a reviewer, the page that asks scores."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from backbone.sentences import for_reader
from foundation.money import format_number
from foundation.steps import Step, StepAdmin, StepForm
from residency.admin.review_sheet import ReviewSheet, anchors_of
from residency.models import ApplicationState, Condition, Review
from residency.operations import decisions, reviews
from residency.permissions import permissions

STATES = {
    "asked": _("waits for scores"),
    "conflict": _("conflict of interest"),
    "submitted": _("submitted"),
    "over": _("not needed any more"),
}


class ScoresForm(StepForm):
    """Each criterion with what every score means, and a comment."""

    page = "residency/staff/review.html"
    done = _("Your scores are in. Thank you.")
    comment = forms.CharField(
        label=_("About the application as a whole"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def prepare(self) -> None:
        for each in self.row.application.rubric["criteria"]:
            code, label = each["code"], for_reader(each["label"])
            self.fields[f"score_{code}"] = forms.TypedChoiceField(
                label=label, choices=anchors_of(each), coerce=int, widget=forms.RadioSelect
            )
            self.fields[f"comment_{code}"] = forms.CharField(
                label=_("Comment on: %(criterion)s") % {"criterion": label},
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def criteria(self) -> list[tuple[int, Any, Any]]:
        """Weight, field of the score and field of the comment."""
        return [
            (each["weight"], self[f"score_{each['code']}"], self[f"comment_{each['code']}"])
            for each in self.row.application.rubric["criteria"]
        ]

    def sheet(self) -> ReviewSheet:
        return ReviewSheet(self.row.application, self.actor)

    @property
    def conflict_url(self) -> str:
        where = {"object_id": self.row.pk, "step": "conflict"}
        return reverse("admin:residency_review_step", kwargs=where)

    def operate(self) -> Any:
        given = {
            each["code"]: {
                "score": self.cleaned_data[f"score_{each['code']}"],
                "comment": self.cleaned_data[f"comment_{each['code']}"],
            }
            for each in self.row.application.rubric["criteria"]
        }
        return reviews.submit_review(
            actor=self.actor,
            now=self.now,
            review=self.row,
            scores=given,
            comment=self.cleaned_data["comment"],
        )


class ConflictForm(StepForm):
    reason = forms.CharField(
        label=_("What the interest is"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    done = _("Noted. Somebody else is asked.")

    def operate(self) -> Any:
        return reviews.declare_conflict(
            actor=self.actor, now=self.now, review=self.row, reason=self.cleaned_data["reason"]
        )


class WithdrawForm(StepForm):
    def operate(self) -> Any:
        reviews.withdraw_request(actor=self.actor, now=self.now, review=self.row)
        self.leads_to = reviews.application_url(self.row.application)


class Whose(admin.SimpleListFilter):
    title = _("whose")
    parameter_name = "whose"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("mine", _("asked of me")), ("waiting", _("asked of me, waits for scores"))]

    def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:
        own = queryset.filter(reviewer_id=request.actor.user_id)
        return {"mine": own, "waiting": own.filter(WAITING)}.get(str(self.value()), queryset)


WAITING = Q(submitted_at=None, conflict="", application__state=ApplicationState.REVIEW)
OWN = frozenset({"asked"})


@admin.register(Review)
class ReviewAdmin(StepAdmin):
    permissions = permissions
    reads = "see_residency"
    list_display = ["application", "reviewer", "how_far", "assigned_at", "submitted_at", "score"]
    list_filter = [Whose]
    list_select_related = ["application", "reviewer"]
    search_fields = ["application__number", "application__name", "application__name_en"]
    ordering = ["-assigned_at", "-pk"]
    fields = [*list_display, "assigned_by", "conflict", "given", "remark"]
    steps = [
        Step(
            "scores", _("Review"), ScoresForm, "review", OWN, primary=True,
            note=_("Scores are final once they are submitted."),
        ),
        Step(
            "conflict", _("I have a conflict of interest"), ConflictForm, "review", OWN,
            note=_("Your review does not count then, and somebody else is asked."),
        ),
        Step("withdrawal", _("Withdraw the request"), WithdrawForm, "assign_reviewers", OWN,
             note=_("This person does not have to review any more.")),
    ]  # fmt: skip

    def get_queryset(self, request: Any) -> Any:
        readable = Review.objects.readable_by(request.actor).filter(pk=OuterRef("pk"))
        own = super().get_queryset(request).visible_to(request.actor)
        return own.annotate(is_readable=Exists(readable))

    def state_of(self, row: Any) -> str:
        return _state_of(row)

    def offered(self, request: Any, row: Any) -> list[Step]:
        """Only reviewers themselves score or declare a conflict."""
        is_mine = row.reviewer_id == request.actor.user_id
        return [s for s in super().offered(request, row) if is_mine or s.name == "withdrawal"]

    def change_view(
        self, request: Any, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Whoever is asked and has not answered comes right to the page that asks the scores."""
        row = self.get_object(request, object_id)
        if row is not None and any(s.name == "scores" for s in self.offered(request, row)):
            return redirect(self.step_url(row, "scores"))
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description=_("state"))
    def how_far(self, review: Review) -> str:
        return str(STATES[_state_of(review)])

    @admin.display(description=_("average"))
    def score(self, review: Any) -> str:
        return format_number(review.average, 2) if review.is_readable else "--"

    @admin.display(description=_("scores"))
    def given(self, review: Any) -> str:
        if not (review.is_readable and review.submitted_at):
            return str(_("hidden until you may read them"))
        criteria = review.application.rubric["criteria"]
        rows = [
            (for_reader(each["label"]), one["score"], one["comment"])
            for each in criteria
            if (one := review.scores.get(each["code"]))
        ]
        return format_html_join("", "<p><b>{}: {}</b> {}</p>", rows)

    @admin.display(description=_("comment"))
    def remark(self, review: Any) -> str:
        return (review.is_readable and review.comment) or "--"


def _state_of(review: Review) -> str:
    if review.conflict:
        return "conflict"
    if review.submitted_at:
        return "submitted"
    return "asked" if review.application.state == ApplicationState.REVIEW else "over"


# -- conditions ------------------------------------------------------------------------------


class MetForm(StepForm):
    how = forms.CharField(
        label=_("How it was met"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def operate(self) -> Any:
        return decisions.meet_condition(
            actor=self.actor, now=self.now, condition=self.row, how=self.cleaned_data["how"]
        )


class OpenConditions(admin.SimpleListFilter):
    title = _("which")
    parameter_name = "which"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("open")), ("mine", _("open, mine"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        own = queryset.filter(owner_id=request.actor.user_id)
        found = {"open": queryset.open(), "mine": own.open()}
        return found.get(str(self.value()), queryset)


@admin.register(Condition)
class ConditionAdmin(StepAdmin):
    permissions = permissions
    reads = "see_residency"
    list_display = ["text", "application", "owner", "due_on", "met_at", "met_note"]
    fields = ["application", *[name for name in list_display if name != "application"]]
    list_filter = [OpenConditions]
    list_select_related = ["application", "owner"]
    ordering = ["due_on", "pk"]
    search_fields = ["text", "application__number", "application__name"]
    steps = [
        Step("met", _("It is met"), MetForm, "meet_conditions", frozenset({"open"}), primary=True)
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        actor = request.actor  # type: ignore[attr-defined]
        return super().get_queryset(request).visible_to(actor)

    def state_of(self, row: Any) -> str:
        hangs = row.application.state == ApplicationState.CONDITIONAL
        return "open" if row.met_at is None and hangs else "closed"

    def offered(self, request: Any, row: Any) -> list[Step]:
        """Its owner, and whoever decides."""
        is_theirs = row.owner_id == request.actor.user_id or self.may(request, "decide")
        return super().offered(request, row) if is_theirs else []
