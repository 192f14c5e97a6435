"""The OpenAPI document: what all calls share is said here once, the rest comes from the views."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.serializers import CharField, Serializer

from gateway.problems import CONTENT_TYPE
from gateway.serializers import Problem, Shape

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    required=True,
    description=_(
        "A text of your own, new for each thing you make. The same call with the same key makes "
        "nothing new and gets the same answer, for at least a day."
    ),
)
REFUSALS = {
    400: _("The request cannot be read."),
    401: _("No key, or one that is not valid."),
    403: _("The key lacks the scope, or its role the right."),
    404: _("Not there, or not yours."),
    409: _("Not possible in this state, or the first copy of this call still runs."),
    413: _("The body is too large."),
    415: _("The body has another format."),
    422: _("Some values are not right."),
    429: _("Too many calls; the header Retry-After says how many seconds to wait."),
}
DONE, FOUND, BYTES = _("Done."), _("Found."), _("The bytes.")
ON_READING = (400, 401, 403, 404, 422, 429)
ON_WRITING = (400, 401, 403, 404, 409, 413, 415, 422, 429)


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "gateway.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "pk_…"}


class GatewaySchema(AutoSchema):
    """Query, body, rows, scope and refusals, told from an ``ApiView``'s own attributes."""

    view: Any

    def get_operation_id(self) -> str:
        return f"{self.view.__class__.__name__}.{self.method.lower()}"

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_summary(self) -> str:
        return str(self.view.call(self.method).summary)

    def get_description(self) -> str:  # type: ignore[override]
        return str(self.view.call(self.method).details)

    def get_extensions(self) -> dict[str, str]:
        return {"x-scope": self.view.call(self.method).scope}

    def get_override_parameters(self) -> list[Any]:
        if self.method == "POST":
            return [IDEMPOTENCY_KEY]
        return [self.view.query_class] if self.view.query_class().fields else []

    def get_request_serializer(self) -> Any:
        return self.view.body_class

    def get_response_serializers(self) -> dict[Any, Any]:  # type: ignore[override]
        codes = ON_WRITING if self.method == "POST" else ON_READING
        refusals = {
            (code, CONTENT_TYPE): OpenApiResponse(Problem, description=str(REFUSALS[code]))
            for code in codes
        }
        return self._success() | refusals

    def _success(self) -> dict[Any, Any]:
        view = self.view
        if view.answer_type:
            return {
                (200, view.answer_type): OpenApiResponse(
                    OpenApiTypes.BINARY, description=str(BYTES)
                )
            }
        if self.method == "POST":
            return {view.made_status: OpenApiResponse(view.row_class, description=str(DONE))}
        rows = page_class(view.row_class) if hasattr(view, "page") else view.row_class
        return {200: OpenApiResponse(rows, description=str(FOUND))}


@cache
def page_class(row_class: type[Serializer]) -> type[Serializer]:
    """A page of these rows, as ``ListView`` gives it."""
    fields = {
        "data": row_class(many=True),
        "next": CharField(allow_null=True, help_text=_("The cursor of the next page.")),
    }
    return type(f"{row_class.__name__}Page", (Shape,), fields)


def close_objects(result: dict[str, Any], generator: Any, **kwargs: Any) -> dict[str, Any]:
    """No call takes or gives a field that the document does not name."""
    for shape in result.get("components", {}).get("schemas", {}).values():
        if shape.get("type") == "object" and "additionalProperties" not in shape:
            shape["additionalProperties"] = False
    return result
