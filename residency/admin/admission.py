"""Admission as data: documents asked for, rules, review policies and their rubrics."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from foundation.money import format_number
from foundation.staff import OperationAdmin, OperationForm
from residency.models import AdmissionRule, Criterion, DocumentRequirement, ReviewPolicy
from residency.models.rules import SCORES
from residency.operations import admission
from residency.permissions import permissions

LANGUAGES = {"zh": _("in Chinese"), "en": _("in English")}


class ParksOwnAdmin(OperationAdmin):
    permissions = permissions
    reads = "see_residency"
    adds = changes = "set_admission_rules"

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).filter(tenant_id=request.actor.tenant_id)


class DataForm(OperationForm):
    """Saves by the operation that ``setter`` names, which calls the row ``row_name``."""

    setter: Any
    row_name = ""

    def operate(self) -> Any:
        known = self.instance if self.instance.pk else None
        return type(self).setter(
            actor=self.actor, now=self.now, **{self.row_name: known}, **self.values()
        )

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class RequirementForm(DataForm):
    setter, row_name = admission.set_requirement, "requirement"

    class Meta:
        model = DocumentRequirement
        fields = ["kind", "code", "label_zh", "label_en", "is_required", "position"]


class ChangeRequirementForm(DataForm):
    setter, row_name = admission.set_requirement, "requirement"

    class Meta:
        model = DocumentRequirement
        fields = ["label_zh", "label_en", "is_required", "position", "withdrawn_on"]


@admin.register(DocumentRequirement)
class RequirementAdmin(ParksOwnAdmin):
    add_form, change_form = RequirementForm, ChangeRequirementForm
    list_display = ["label", "kind", "is_required", "position", "withdrawn_on"]
    list_filter = ["kind"]
    ordering = ["kind", "position", "pk"]

    @admin.display(description=_("document"))
    def label(self, row: DocumentRequirement) -> str:
        return str(row)


class RuleForm(DataForm):
    setter, row_name = admission.set_rule, "rule"

    class Meta:
        model = AdmissionRule
        fields = ["kind", "code", "figure", "is_blocking", "starts_on", "ends_on", "source"]


class ChangeRuleForm(DataForm):
    setter, row_name = admission.set_rule, "rule"

    class Meta:
        model = AdmissionRule
        fields = ["figure", "is_blocking", "starts_on", "ends_on", "source"]


@admin.register(AdmissionRule)
class RuleAdmin(ParksOwnAdmin):
    add_form, change_form = RuleForm, ChangeRuleForm
    list_display = ["code", "kind", "limit", "is_blocking", "starts_on", "ends_on", "source"]
    list_filter = ["kind", "is_blocking"]
    ordering = ["kind", "code", "-starts_on"]

    @admin.display(description=_("figure"), ordering="figure")
    def limit(self, rule: AdmissionRule) -> str:
        return "--" if rule.figure is None else format_number(rule.figure.normalize())


class PolicyForm(DataForm):
    setter, row_name = admission.set_policy, "policy"

    class Meta:
        model = ReviewPolicy
        fields = ["kind", "reviewers", "pass_mark", "answer_days"]


class ChangePolicyForm(DataForm):
    setter, row_name = admission.set_policy, "policy"

    class Meta:
        model = ReviewPolicy
        fields = ["reviewers", "pass_mark", "answer_days"]


@admin.register(ReviewPolicy)
class PolicyAdmin(ParksOwnAdmin):
    add_form, change_form = PolicyForm, ChangePolicyForm
    list_display = ["kind", "reviewers", "pass_mark", "answer_days", "rubric"]
    ordering = ["kind"]

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related("criteria")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["rubric"] if obj else []

    @admin.display(description=_("rubric"))
    def rubric(self, policy: ReviewPolicy) -> str:
        lines = [(str(each), each.weight) for each in policy.criteria.all()]
        return format_html_join("", "<p>{} · {}</p>", lines) or "--"


def _anchor(score: int, language: Any) -> forms.CharField:
    label = format_lazy(_("Score {score} means, {language}"), score=score, language=language)
    return forms.CharField(
        label=label, max_length=300, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )


AnchorFields: Any = type(
    "AnchorFields",
    (forms.Form,),
    {
        f"anchor_{score}_{code}": _anchor(score, language)
        for score in SCORES
        for code, language in LANGUAGES.items()
    },
)


class CriterionForm(DataForm, AnchorFields):
    """Labels and weight, and for each score what it means, in both languages."""

    setter, row_name = admission.set_criterion, "criterion"

    class Meta:
        model = Criterion
        fields = ["policy", "code", "label_zh", "label_en", "weight", "position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.instance.anchors or {}
        for score in SCORES:
            for code in LANGUAGES:
                text = known.get(str(score), {}).get(code, "")
                self.fields[f"anchor_{score}_{code}"].initial = text

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        anchors = {
            str(score): {code: given.pop(f"anchor_{score}_{code}") for code in LANGUAGES}
            for score in SCORES
        }
        return given | {"anchors": anchors}


class ChangeCriterionForm(CriterionForm):
    class Meta:
        model = Criterion
        fields = ["label_zh", "label_en", "weight", "position"]


@admin.register(Criterion)
class CriterionAdmin(ParksOwnAdmin):
    add_form, change_form = CriterionForm, ChangeCriterionForm
    list_display = ["label", "policy", "weight", "position"]
    list_filter = ["policy__kind"]
    list_select_related = ["policy"]
    ordering = ["policy__kind", "position", "pk"]
    fields = [*list_display, "meanings"]
    actions = ["remove"]

    @admin.display(description=_("criterion"))
    def label(self, row: Criterion) -> str:
        return str(row)

    @admin.display(description=_("what each score means"))
    def meanings(self, row: Criterion) -> str:
        lines = [(score, text["zh"], text["en"]) for score, text in sorted(row.anchors.items())]
        return format_html_join("", "<p><b>{}</b> {} / {}</p>", lines)

    @admin.action(description=_("Take the chosen ones out of the rubric"), permissions=["change"])
    def remove(self, request: Any, queryset: Any) -> None:
        for criterion in queryset:
            admission.remove_criterion(actor=request.actor, now=timezone.now(), criterion=criterion)
