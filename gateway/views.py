"""What every call of the API has in common; an app's ``api.py`` adds its own few lines.

    class Orders(ListView):
        calls = {"GET": Call("orders.read", _("Orders, newest first"))}
        row_class = OrderRow

        def page(self, asked): …

A call without a scope opens to nobody. Every ``post`` is repeatable (``gateway.idempotency``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from foundation.actors import Actor
from foundation.errors import Sentence
from foundation.refs import pk_of
from gateway.authentication import KeyAuthentication
from gateway.idempotency import idempotent
from gateway.parsers import BoundedJSONParser
from gateway.schema import GatewaySchema
from gateway.scopes import HasScope
from gateway.serializers import PageQuery, Shape
from gateway.throttling import TenantThrottle


@dataclass(frozen=True, slots=True)
class Call:
    """One method of a resource: the scope that opens it ("" for any key), and what the
    documentation says of it."""

    scope: str
    summary: Sentence
    details: Sentence = ""


class ApiView(APIView):
    """One resource. ``calls`` says for each method which scope opens it and what it does."""

    authentication_classes = [KeyAuthentication]
    permission_classes = [HasScope]
    throttle_classes = [TenantThrottle]
    parser_classes = [BoundedJSONParser]
    schema = GatewaySchema()
    calls: ClassVar[Mapping[str, Call]] = {}
    query_class: ClassVar[type[Shape]] = Shape
    body_class: ClassVar[type[Shape] | None] = None
    row_class: ClassVar[type[BaseSerializer] | None] = None
    # What a POST answers when it made something; 200 where it changed what was there.
    made_status: ClassVar[int] = 200
    # Bytes; above 0 for calls that take a file (with BoundedUploadParser).
    largest_upload: ClassVar[int] = 0
    # The media type of a GET that gives bytes instead of a document.
    answer_type: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "post" in cls.__dict__:
            cls.post = idempotent(cls.post)  # type: ignore[attr-defined]

    @property
    def allowed_methods(self) -> list[str]:
        return sorted({*self.calls, *(["HEAD"] if "GET" in self.calls else [])})

    def call(self, method: str) -> Call:
        return self.calls["GET" if method == "HEAD" else method]

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        if request.method not in self.allowed_methods:
            self.http_method_not_allowed(request)
        super().initial(request, *args, **kwargs)

    @property
    def actor(self) -> Actor:
        acting: Any = self.request
        found: Actor = acting.actor
        return found

    @property
    def now(self) -> datetime:
        return timezone.now()

    def asked(self) -> dict[str, Any]:
        """The query, each parameter once; raises ValidationError for what is not offered."""
        query = self.query_class(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)

    def said(self) -> dict[str, Any]:
        """The body; raises ValidationError for what cannot be."""
        assert self.body_class is not None
        body = self.body_class(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def shown(self, thing: Any, status: int = 200) -> Response:
        assert self.row_class is not None
        return Response(self.row_class(thing).data, status)


class ListView(ApiView):
    """GET gives a page of rows. ``page`` returns the rows and the next cursor."""

    query_class = PageQuery

    def page(self, asked: dict[str, Any]) -> tuple[list[Any], str | None]:
        """The rows of the page that the query asks for, and the cursor of the next or None."""
        raise Http404

    def get(self, request: Any) -> Response:
        rows, following = self.page(self.asked())
        assert self.row_class is not None
        return Response({"data": self.row_class(rows, many=True).data, "next": following})


def get_visible(visible: QuerySet, ref: str, kind: str) -> Any:
    """The row behind a ref in an address. One that is a neighbour's, one that never was and one
    that cannot be raise the same Http404."""
    try:
        return get_object_or_404(visible, pk=pk_of(ref, kind))
    except ValueError:
        raise Http404 from None
