"""Certificates, for programs of the organisation."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from certificates.models import EXPIRED, Certificate, CertificateKind, CertificateState
from certificates.permissions import permissions
from certificates.presentation import shown
from certificates.queries import CertificateFilter, filtered
from gateway.paging import page_of
from gateway.serializers import PageQuery, RefField, Shape
from gateway.views import ApiView, Call, ListView, get_visible

SCOPE = "certificates.read"
STATES = [*CertificateState.values, EXPIRED]


class CertificateShape(Shape):
    id = RefField("certificate", source="pk")
    kind = serializers.ChoiceField(CertificateKind.choices)
    number = serializers.CharField(
        allow_null=True, help_text=_("The park's; only training certificates have one.")
    )
    given_number = serializers.CharField(help_text=_("The issuer's, of the two other kinds."))
    holder_name = serializers.CharField(help_text=_("Blank once the personal data is erased."))
    holder_latin_name = serializers.CharField()
    holder_id = serializers.CharField(help_text=_("Masked."))
    course_zh = serializers.CharField()
    course_en = serializers.CharField()
    minutes = serializers.IntegerField(allow_null=True, help_text=_("Minutes of teaching."))
    minutes_per_hour = serializers.IntegerField(allow_null=True)
    started_on = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    grade = serializers.CharField()
    issuer_zh = serializers.CharField()
    issuer_en = serializers.CharField()
    issued_on = serializers.DateField()
    expires_on = serializers.DateField(allow_null=True)
    state = serializers.SerializerMethodField(help_text=_("As of today."))
    reason = serializers.CharField(help_text=_("Why it was revoked or replaced."))
    verify_url = serializers.SerializerMethodField(help_text=_("Blank where the park issued none."))

    def get_state(self, row: Certificate) -> str:
        return row.state_on(timezone.localdate())

    def get_verify_url(self, row: Certificate) -> str:
        return shown(row).address


class CertificateQuery(PageQuery):
    kind = serializers.ChoiceField(CertificateKind.choices, required=False)
    state = serializers.ChoiceField(STATES, required=False)
    since = serializers.DateField(required=False, help_text=_("Issued on this day or later."))
    until = serializers.DateField(required=False, help_text=_("Issued on this day or before."))
    q = serializers.CharField(
        required=False, max_length=80, help_text=_("A number, or a part of a name or course.")
    )


class Certificates(ListView):
    calls: ClassVar = {
        "GET": Call(
            SCOPE,
            _("Certificates of the organisation's people, newest first"),
            _("For keys of an owner, a manager or a coordinator."),
        )
    }
    query_class = CertificateQuery
    row_class = CertificateShape

    def page(self, asked: dict[str, Any]) -> tuple[list[Any], str | None]:
        permissions.require(self.actor, "read_certificates")
        limit, cursor = asked.pop("limit"), asked.pop("cursor")
        found = filtered(self.actor, CertificateFilter(**asked), timezone.localdate())
        return page_of(found, cursor, limit, kind="certificate")


class CertificateDetail(ApiView):
    calls: ClassVar = {"GET": Call(SCOPE, _("One certificate"))}
    row_class = CertificateShape

    def get(self, request: Any, ref: str) -> Response:
        self.asked()
        permissions.require(self.actor, "read_certificates")
        return self.shown(
            get_visible(Certificate.objects.visible_to(self.actor), ref, "certificate")
        )
