"""Sessions to come, and what the organisation can still have of each."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from gateway.paging import page_of
from gateway.serializers import ExactField, PageQuery, RefField, Shape
from gateway.views import ApiView, Call, ListView, get_visible
from tenants.models import Tenant
from training.api.scopes import READ
from training.figures import Line
from training.models import Session, SessionState
from training.permissions import permissions
from training.queries import Offer, dated, lines_for, offers_of, upcoming


class LimitLineShape(Shape):
    label = serializers.CharField(help_text=_("For people."))  # type: ignore[assignment]
    seats = serializers.IntegerField(help_text=_("What it adds or takes away."))

    def to_representation(self, line: Line) -> dict[str, Any]:
        label, seats = line
        return {"label": str(label), "seats": seats}


class LimitShape(Shape):
    code = serializers.CharField(
        help_text=_("`session`, `share`, `organisation`, `agreement` or `funding_line`.")
    )
    label = serializers.CharField(help_text=_("For people."))  # type: ignore[assignment]
    lines = LimitLineShape(many=True, help_text=_("They add up to `left`."))
    left = serializers.IntegerField(help_text=_("Below 0 where the park overdrew it."))


class SessionShape(Shape):
    id = RefField("training", source="session.pk")
    code = serializers.CharField(source="session.code")
    title = serializers.CharField(source="session.title")
    state = serializers.ChoiceField(SessionState.choices, source="session.state")
    language = serializers.CharField(source="session.course.language", default="")
    hours = ExactField(
        source="session.hours",
        allow_null=True,
        help_text=_("Hours by the rule of the course, as certificates say them."),
    )
    minutes = serializers.IntegerField(source="session.minutes", allow_null=True)
    price = ExactField(
        source="session.price",
        allow_null=True,
        help_text=_("CNY a seat, for who has no seat agreement."),
    )
    starts_at = serializers.DateTimeField(source="session.first_at", allow_null=True)
    ends_at = serializers.DateTimeField(source="session.last_at", allow_null=True)
    opens_at = serializers.DateTimeField(source="session.opens_at")
    closes_at = serializers.DateTimeField(
        source="session.closes_at", help_text=_("Booking closes, and names stay as they are.")
    )
    cancel_until = serializers.DateTimeField(
        source="session.cancel_until", help_text=_("Given up later, a seat counts as used.")
    )
    hold_until = serializers.DateTimeField(
        source="session.hold_until", help_text=_("Blank seats lapse then.")
    )
    needs_approval = serializers.BooleanField(source="session.needs_approval")
    is_open = serializers.BooleanField(help_text=_("Can be booked at this moment."))
    left = serializers.IntegerField(help_text=_("Seats your organisation can book now."))
    blocked_by = serializers.CharField(
        source="blocking.code", help_text=_("The limit with the fewest left.")
    )


class DateShape(Shape):
    id = RefField("training_date", source="pk")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    minutes = serializers.IntegerField()
    place = serializers.SerializerMethodField()

    @extend_schema_field(str)
    def get_place(self, date: Any) -> str:
        return str(date.space or date.place)


class SessionWithDatesShape(SessionShape):
    limits = LimitShape(many=True, help_text=_("All that a booking counts against."))
    dates = serializers.SerializerMethodField()
    funding_lines = serializers.SerializerMethodField(
        help_text=_("Codes of those that can pay for a seat.")
    )

    @extend_schema_field(DateShape(many=True))
    def get_dates(self, offer: Offer) -> Any:
        rows = offer.session.dates.standing().select_related("space")
        return DateShape(rows, many=True).data

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_funding_lines(self, offer: Offer) -> list[str]:
        tenant = Tenant.objects.get(pk=offer.against.tenant_id)
        return [line.code for line in lines_for(tenant, offer.session)]


class Sessions(ListView):
    calls: ClassVar = {
        "GET": Call(
            READ,
            _("Sessions to come and what is left of each for the organisation, newest first"),
        )
    }
    query_class = PageQuery
    row_class = SessionShape

    def page(self, asked: dict[str, Any]) -> tuple[list[Any], str | None]:
        permissions.require(self.actor, "see_training")
        found = upcoming(self.actor)
        rows, following = page_of(found, asked["cursor"], asked["limit"], kind="training")
        tenant = Tenant.objects.get(pk=self.actor.tenant_id)
        return list(offers_of(tenant, rows, self.now)), following


class SessionDetail(ApiView):
    calls: ClassVar = {"GET": Call(READ, _("One session: its dates, and what is left and why"))}
    row_class = SessionWithDatesShape

    def get(self, request: Any, ref: str) -> Response:
        self.asked()
        permissions.require(self.actor, "see_training")
        own = get_visible(dated(Session.objects.visible_to(self.actor)), ref, "training")
        tenant = Tenant.objects.get(pk=self.actor.tenant_id)
        return self.shown(offers_of(tenant, [own], self.now)[0])
