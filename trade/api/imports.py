"""Imports of orders and the mappings that read them, for programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from backbone import operations as jobs
from backbone.models.jobs import JobState
from backbone.operations.documents import nothing_left_behind
from foundation.errors import DomainError, InvalidInput
from foundation.tables.encodings import EncodingUndecided
from gateway.paging import page_of
from gateway.parsers import BoundedUploadParser
from gateway.serializers import RefField, Shape
from gateway.views import ApiView, Call, ListView, get_visible
from trade import operations
from trade.models import (
    ImportMapping,
    OrderImport,
)
from trade.operations.imports import LARGEST_UPLOAD_BYTES
from trade.permissions import permissions
from trade.queries import (
    recent_imports,
)


class MappingShape(Shape):
    id = RefField("mapping", source="pk")
    name = serializers.CharField()
    channel = serializers.CharField(source="channel.name")
    columns = serializers.DictField(child=serializers.CharField())
    currency = serializers.CharField(allow_blank=True)
    direction_rule = serializers.ChoiceField(ImportMapping.DirectionRule.choices)


class Mappings(ListView):
    calls: ClassVar = {
        "GET": Call(
            "imports.read",
            _("Column mappings, newest first"),
            _("They are made in the portal, with a file before one's eyes."),
        )
    }
    row_class = MappingShape

    def page(self, asked: dict[str, Any]) -> tuple[list[Any], str | None]:
        permissions.require(self.actor, "see_orders")
        found = ImportMapping.objects.visible_to(self.actor).select_related("channel")
        return page_of(found, asked["cursor"], asked["limit"], kind="mapping")


class ImportShape(Shape):
    id = RefField("import", source="pk")
    file = serializers.CharField(source="document.name")
    mapping = serializers.CharField(source="mapping.name", allow_null=True)
    job = RefField("job", source="job_id", allow_null=True)
    state = serializers.SerializerMethodField(help_text=_("`waiting` before it was started."))
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    first_on = serializers.DateField(allow_null=True)
    last_on = serializers.DateField(allow_null=True)
    rows_read = serializers.SerializerMethodField()
    inserted = serializers.SerializerMethodField()
    already_known = serializers.SerializerMethodField()
    rejected = serializers.SerializerMethodField()
    rejected_file = RefField("file", source="rejected_document_id", allow_null=True)

    @extend_schema_field({"type": "string", "enum": ["waiting", *JobState.values]})
    def get_state(self, own: OrderImport) -> str:
        if own.is_finished:
            return str(JobState.SUCCEEDED)
        return own.job.state if own.job else "waiting"

    @extend_schema_field({"type": "integer", "nullable": True})
    def get_rows_read(self, own: OrderImport) -> int | None:
        return _told(own, "rows_read")

    @extend_schema_field({"type": "integer", "nullable": True})
    def get_inserted(self, own: OrderImport) -> int | None:
        return _told(own, "inserted")

    @extend_schema_field({"type": "integer", "nullable": True})
    def get_already_known(self, own: OrderImport) -> int | None:
        return _told(own, "already_known")

    @extend_schema_field({"type": "integer", "nullable": True})
    def get_rejected(self, own: OrderImport) -> int | None:
        return sum(own.result["rejected"].values()) if own.result else None


def _told(own: OrderImport, name: str) -> int | None:
    return own.result[name] if own.result else None


class ImportBody(Shape):
    file = serializers.FileField(allow_empty_file=True, max_length=400)
    mapping = serializers.CharField(
        max_length=80, help_text=_("The name of a column mapping, see /api/v1/order-mappings.")
    )
    encoding = serializers.CharField(
        required=False,
        max_length=20,
        help_text=_("Where the bytes leave a choice, such as gb18030."),
    )
    all_or_nothing = serializers.BooleanField(
        default=False, help_text=_("One rejected row stops the import.")
    )


class Imports(ListView):
    calls: ClassVar = {
        "GET": Call("imports.read", _("Uploaded files of orders, newest first")),
        "POST": Call(
            "imports.write",
            _("Upload a file of orders and start its import"),
            _(
                "The same file again inserts nothing. Follow the answer's id until state is succeeded or failed; rejected rows come back as rejected_file."
            ),
        ),
    }
    row_class = ImportShape
    body_class = ImportBody
    made_status = 201
    parser_classes = [BoundedUploadParser]
    largest_upload = LARGEST_UPLOAD_BYTES

    def page(self, asked: dict[str, Any]) -> tuple[list[Any], str | None]:
        found = recent_imports(self.actor).order_by()
        return page_of(found, asked["cursor"], asked["limit"], kind="import")

    def post(self, request: Any) -> Response:
        own = self._start(**self.said())
        return self.shown(recent_imports(self.actor).get(pk=own.pk), self.made_status)

    def _start(self, *, file: Any, mapping: str, encoding: str | None = None, **how: Any) -> Any:
        call: dict[str, Any] = {"actor": self.actor, "now": self.now}
        with nothing_left_behind(), transaction.atomic():
            chosen = operations.adopt_preset(**call, name=mapping)
            own = operations.upload_orders(**call, file=file, name=file.name)
            try:
                own = operations.read_import_as(
                    **call, order_import=own, mapping=chosen, encoding=encoding
                )
            except EncodingUndecided:
                raise _which_encoding() from None
            return operations.start_import(**call, order_import=own, **how)


def _which_encoding() -> DomainError:
    sentence = _("The bytes can be read in several encodings. Say which, such as utf-8 or gb18030.")
    return InvalidInput(fields={"encoding": sentence}, code="encoding_undecided")


class ImportDetail(ApiView):
    calls: ClassVar = {
        "GET": Call("imports.read", _("One import: how far it is and what came of it"))
    }
    row_class = ImportShape

    def get(self, request: Any, ref: str) -> Response:
        self.asked()
        return self.shown(get_visible(recent_imports(self.actor), ref, "import"))


class ImportRejectedRows(ApiView):
    calls: ClassVar = {
        "GET": Call(
            "imports.read",
            _(
                "The rejected rows of a finished import as CSV, each with its reasons, to mend and resend"
            ),
        )
    }
    answer_type = "text/csv"

    def get(self, request: Any, ref: str) -> FileResponse:
        self.asked()
        own = get_visible(recent_imports(self.actor), ref, "import")
        document, opened = jobs.open_document(
            actor=self.actor, now=self.now, document_id=own.rejected_document_id or 0
        )
        return FileResponse(
            opened, as_attachment=True, filename=document.name, content_type=self.answer_type
        )
