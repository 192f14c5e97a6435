"""The API's own calls: whose key this is, and the organisation's jobs and files."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from backbone import operations
from backbone.jobs import label_of
from backbone.models import Document, Job
from backbone.models.jobs import JobState
from backbone.purposes import label_of as purpose_label
from gateway.models import ApiKey
from gateway.paging import page_of
from gateway.serializers import PageQuery, RefField, Shape
from gateway.views import ApiView, Call, ListView, get_visible
from tenants.kinds import TenantKind
from tenants.models import Tenant

ANY_KEY = ""
FILES, JOBS, JOBS_WRITE = "files.read", "jobs.read", "jobs.write"


class KeyShape(Shape):
    name = serializers.CharField()
    prefix = serializers.CharField()
    role = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    expires_at = serializers.DateTimeField()


class OrganisationShape(Shape):
    slug = serializers.CharField()
    kind = serializers.ChoiceField(TenantKind.choices)
    name = serializers.CharField()
    name_en = serializers.CharField(allow_blank=True)
    key = KeyShape()


class Organisation(ApiView):
    calls: ClassVar = {
        "GET": Call(
            ANY_KEY,
            _("The organisation that the key belongs to, and what the key may do"),
        )
    }
    row_class = OrganisationShape

    def get(self, request: Any) -> Response:
        self.asked()
        tenant = Tenant.objects.get(pk=self.actor.tenant_id)
        key: ApiKey = request.auth
        names = ("slug", "kind", "name", "name_en")
        return self.shown({**{name: getattr(tenant, name) for name in names}, "key": key})


class JobShape(Shape):
    id = RefField("job", source="pk")
    kind = serializers.CharField(help_text=_("For programs."))
    label = serializers.SerializerMethodField(help_text=_("For people."))  # type: ignore[assignment]
    state = serializers.ChoiceField(JobState.choices)
    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text=_("0 while the end is not known."))
    queued_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    error_code = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)

    def get_label(self, job: Job) -> str:
        return str(label_of(job.kind))


class JobQuery(PageQuery):
    state = serializers.ChoiceField(JobState.choices, required=False)


class Jobs(ListView):
    calls: ClassVar = {
        "GET": Call(
            JOBS, _("Background jobs, newest first: the key's own, or all for a role that leads")
        )
    }
    query_class = JobQuery
    row_class = JobShape

    def page(self, asked: dict[str, Any]) -> tuple[list[Any], str | None]:
        found = Job.objects.visible_to(self.actor)
        if "state" in asked:
            found = found.filter(state=asked["state"])
        return page_of(found, asked["cursor"], asked["limit"], kind="job")


class JobDetail(ApiView):
    calls: ClassVar = {"GET": Call(JOBS, _("One job: how far it is and how it ended"))}
    row_class = JobShape

    def get(self, request: Any, ref: str) -> Response:
        self.asked()
        return self.shown(get_visible(Job.objects.visible_to(self.actor), ref, "job"))


class JobCancellation(ApiView):
    calls: ClassVar = {
        "POST": Call(
            JOBS_WRITE,
            _("Cancel a waiting job at once, ask a running one to stop at its next step"),
        )
    }
    body_class = Shape
    row_class = JobShape

    def post(self, request: Any, ref: str) -> Response:
        self.said()
        job = get_visible(Job.objects.visible_to(self.actor), ref, "job")
        return self.shown(operations.request_cancel(actor=self.actor, now=self.now, job=job))


class JobResumption(ApiView):
    calls: ClassVar = {"POST": Call(JOBS_WRITE, _("Queue a failed or cancelled job again"))}
    body_class = Shape
    row_class = JobShape

    def post(self, request: Any, ref: str) -> Response:
        self.said()
        job = get_visible(Job.objects.visible_to(self.actor), ref, "job")
        return self.shown(operations.resume_job(actor=self.actor, now=self.now, job=job))


class FileShape(Shape):
    id = RefField("file", source="pk")
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text=_("Bytes."))
    sha256 = serializers.CharField()
    purpose = serializers.CharField(help_text=_("For programs."))
    label = serializers.SerializerMethodField(help_text=_("The purpose, for people."))  # type: ignore[assignment]
    created_at = serializers.DateTimeField()
    expires_on = serializers.DateField(allow_null=True, help_text=_("The last day it is kept."))

    @extend_schema_field(str)
    def get_label(self, document: Document) -> str:
        return str(purpose_label(document.purpose))


class Files(ListView):
    calls: ClassVar = {"GET": Call(FILES, _("Files that the key's role may read, newest first"))}
    row_class = FileShape

    def page(self, asked: dict[str, Any]) -> tuple[list[Any], str | None]:
        found = Document.objects.visible_to(self.actor)
        return page_of(found, asked["cursor"], asked["limit"], kind="file")


class FileDetail(ApiView):
    calls: ClassVar = {
        "GET": Call(FILES, _("One file; its bytes are at its address followed by /content"))
    }
    row_class = FileShape

    def get(self, request: Any, ref: str) -> Response:
        self.asked()
        return self.shown(get_visible(Document.objects.visible_to(self.actor), ref, "file"))


class FileContent(ApiView):
    calls: ClassVar = {"GET": Call(FILES, _("The bytes of a file"))}
    answer_type = "application/octet-stream"

    def get(self, request: Any, ref: str) -> FileResponse:
        self.asked()
        found = get_visible(Document.objects.visible_to(self.actor), ref, "file")
        document, opened = operations.open_document(
            actor=self.actor, now=self.now, document_id=found.pk
        )
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
        return FileResponse(
            opened,
            as_attachment=True,
            filename=document.name,
            content_type=self.answer_type,
            headers=headers,
        )
