"""What the university's seat agreements have left, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from gateway.paging import page_of
from gateway.serializers import RefField, Shape
from gateway.views import Call, ListView
from training.api.scopes import READ
from training.figures import Figures, figures_of
from training.models import AgreementState, SeatAgreement
from training.permissions import permissions


@dataclass(frozen=True, slots=True)
class Explained:
    agreement: SeatAgreement
    figures: Figures


class AgreementShape(Shape):
    id = RefField("seat_agreement", source="agreement.pk")
    number = serializers.CharField(source="agreement.number")
    state = serializers.ChoiceField(AgreementState.choices, source="agreement.state")
    starts_on = serializers.DateField(source="agreement.starts_on")
    ends_on = serializers.DateField(source="agreement.ends_on", help_text=_("The last day."))
    granted = serializers.IntegerField(source="figures.granted")
    extra = serializers.IntegerField(source="figures.extra")
    rolled_in = serializers.IntegerField(source="figures.rolled_in")
    rolled_out = serializers.IntegerField(source="figures.rolled_out")
    used = serializers.IntegerField(source="figures.used")
    held = serializers.IntegerField(source="figures.held")
    remaining = serializers.IntegerField(
        source="figures.remaining",
        help_text=_("granted + extra + rolled_in − rolled_out − used − held"),
    )


class SeatAgreements(ListView):
    calls: ClassVar = {
        "GET": Call(READ, _("Seat agreements and what they have left, newest first"))
    }
    row_class = AgreementShape

    def page(self, asked: dict[str, Any]) -> tuple[list[Any], str | None]:
        permissions.require(self.actor, "see_agreements")
        own = SeatAgreement.objects.visible_to(self.actor).filter(tenant_id=self.actor.tenant_id)
        rows, following = page_of(own, asked["cursor"], asked["limit"], kind="seat_agreement")
        figures = figures_of([row.pk for row in rows], self.now)
        return [Explained(row, figures[row.pk]) for row in rows], following
