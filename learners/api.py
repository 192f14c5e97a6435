"""The register, for programs of the university."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from gateway.paging import page_of
from gateway.serializers import PageQuery, RefField, Shape
from gateway.views import ApiView, Call, ListView, get_visible
from learners.models import Learner, LearnerState
from learners.permissions import permissions
from learners.queries import CONSENTS, LearnerFilter, filtered

SCOPE = "learners.read"


class LearnerShape(Shape):
    id = RefField("learner", source="pk")
    number = serializers.CharField(help_text=_("The student number."))
    name = serializers.CharField(help_text=_("Blank once the personal data is erased."))
    latin_name = serializers.CharField()
    programme = serializers.CharField()
    entry_year = serializers.IntegerField()
    mobile = serializers.CharField()
    email = serializers.CharField()
    state = serializers.ChoiceField(LearnerState.choices)
    left_on = serializers.DateField(allow_null=True)
    has_consent = serializers.BooleanField(
        source="consented", help_text=_("Without it the learner is not put forward for anything.")
    )


class LearnerQuery(PageQuery):
    programme = serializers.CharField(required=False, max_length=120)
    entry_year = serializers.IntegerField(required=False, min_value=1950, max_value=2100)
    state = serializers.ChoiceField(LearnerState.choices, required=False)
    consent = serializers.ChoiceField(
        sorted(CONSENTS), required=False, help_text=_("`none` includes those who took it back.")
    )
    q = serializers.CharField(
        required=False, max_length=80, help_text=_("The start of a student number, or a name.")
    )


class Learners(ListView):
    calls: ClassVar = {
        "GET": Call(
            SCOPE,
            _("Learners of the university, newest in the register first"),
            _("For keys of a coordinator; personal data in full."),
        )
    }
    query_class = LearnerQuery
    row_class = LearnerShape

    def page(self, asked: dict[str, Any]) -> tuple[list[Any], str | None]:
        permissions.require(self.actor, "see_personal_data")
        limit, cursor = asked.pop("limit"), asked.pop("cursor")
        found = filtered(self.actor, LearnerFilter(**{"state": "", **asked}))
        return page_of(found, cursor, limit, kind="learner")


class LearnerDetail(ApiView):
    calls: ClassVar = {"GET": Call(SCOPE, _("One learner"))}
    row_class = LearnerShape

    def get(self, request: Any, ref: str) -> Response:
        self.asked()
        permissions.require(self.actor, "see_personal_data")
        visible = Learner.objects.visible_to(self.actor).with_consent()
        return self.shown(get_visible(visible, ref, "learner"))
