"""Who of the organisation was there, date by date."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from gateway.paging import page_of
from gateway.serializers import PageQuery, RefField, Shape
from gateway.views import Call, ListView
from training.api.scopes import READ
from training.models import AttendanceMark, MarkKind, MarkSource
from training.permissions import permissions


class MarkShape(Shape):
    seat = RefField("seat", source="seat_id")
    student = serializers.CharField(source="seat.learner.number", default=None, allow_null=True)
    session = RefField("training", source="date.session_id")
    date = RefField("training_date", source="date_id")
    starts_at = serializers.DateTimeField(source="date.starts_at")
    kind = serializers.ChoiceField(MarkKind.choices)
    minutes = serializers.IntegerField(help_text=_("Counted of this date."))
    source = serializers.ChoiceField(MarkSource.choices)  # type: ignore[assignment]
    at = serializers.DateTimeField(help_text=_("When it was marked."))


class MarkQuery(PageQuery):
    session = RefField("training", required=False, source="date__session")
    seat = RefField("seat", required=False)


class Attendance(ListView):
    calls: ClassVar = {
        "GET": Call(
            READ,
            _("Attendance of the organisation's people, newest mark first"),
            _("A mark that was corrected is not told; who has no mark was not looked at yet."),
        )
    }
    query_class = MarkQuery
    row_class = MarkShape

    def page(self, asked: dict[str, Any]) -> tuple[list[Any], str | None]:
        permissions.require(self.actor, "see_attendance")
        limit, cursor = asked.pop("limit"), asked.pop("cursor")
        own = AttendanceMark.objects.filter(tenant_id=self.actor.tenant_id).counting()
        rows = own.filter(**asked).select_related("seat__learner", "date")
        return page_of(rows, cursor, limit, kind="mark")
