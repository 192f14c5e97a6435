"""Files of banks in the staff site: upload, look, take, and what came of each."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from backbone.sentences import for_reader
from backbone.staff_jobs import progress_of, shown_again
from banking import views
from banking.models import BankAccount, FileState, Quarantined, Statement, StatementFile
from banking.operations import files
from banking.permissions import permissions
from foundation.money import format_money
from foundation.staff import ReadInline
from foundation.staff_table import table
from foundation.steps import Step, StepAdmin, StepForm

ACTION = "upload_statements"
S = FileState


class TakingForm(StepForm):
    def operate(self) -> Any:
        return files.take_lines(actor=self.actor, now=self.now, file=self.row)


class ReadingForm(StepForm):
    model_fields = ["account", "date_order", "columns"]

    def prepare(self) -> None:
        field: Any = self.fields["account"]
        field.queryset = BankAccount.objects.in_use()
        self.fields["date_order"].required = False

    def operate(self) -> Any:
        return files.read_again(actor=self.actor, now=self.now, file=self.row, **self.cleaned_data)


def _is_free(row: StatementFile) -> bool:
    """Whether nobody reads it now and its bytes are still kept."""
    job = files.job_of(row) if row.state == S.WAITING else None
    return row.document_id is not None and (job is None or job.is_finished)


class StatementInline(ReadInline):
    model = Statement
    fields = ["account", "number", "page", "opens", "closes", "lines_read", "lines_new", "page_of"]
    readonly_fields = fields
    ordering = ["place"]

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).select_related("account")

    @admin.display(description=_("opening balance"))
    def opens(self, row: Statement) -> str:
        return format_money(row.opening, row.currency)

    @admin.display(description=_("closing balance"))
    def closes(self, row: Statement) -> str:
        return format_money(row.closing, row.currency)

    @admin.display(description=_("page"))
    def page_of(self, row: Statement) -> str:
        return self.page(row)


class QuarantinedInline(ReadInline):
    model = Quarantined
    fields = ["place", "said_account", "lines", "why_aside"]
    readonly_fields = fields
    ordering = ["place", "pk"]

    @admin.display(description=_("why"))
    def why_aside(self, row: Quarantined) -> str:
        return row.why


@admin.register(StatementFile)
class StatementFileAdmin(StepAdmin):
    permissions = permissions
    reads = "see_statements"
    actions_list = ["upload"]
    steps = [
        Step(
            "taking", _("Take the lines"), TakingForm, ACTION, frozenset({S.READ}), primary=True,
            when=lambda row: row.lines_new > 0,
            note=_("What is new is added; what is known already adds nothing."),
        ),
        Step(
            "reading", _("Read it again"), ReadingForm, ACTION, frozenset(S.values),
            when=_is_free,
            note=_("After an account was added, or with another answer. What was taken stays."),
        ),
    ]  # fmt: skip
    list_display = [
        *("name", "state", "kind", "lines_read", "lines_new", "lines_known", "set_aside"),
        "uploaded_at",
    ]
    list_filter = ["state", "kind"]
    search_fields = ["name"]
    ordering = ["-pk"]
    inlines = [StatementInline, QuarantinedInline]
    fields = [
        *("state", "progress", "refused_why", "kind", "lines_read", "lines_new", "lines_known"),
        *(
            "set_aside",
            "worth_telling",
            "looks_like",
            "account",
            "date_order",
            "columns",
            "original",
        ),
        *("uploaded_by", "uploaded_at"),
    ]
    list_select_related = ["account"]

    def has_upload_permission(self, request: HttpRequest) -> bool:
        return self.may(request, ACTION)

    @action(
        description=_("Upload a bank's file"), url_path="to-upload", permissions=["upload"],
        icon="upload",
    )  # fmt: skip
    def upload(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:banking_upload")

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(views.upload)
        return [path("upload/", page, name="banking_upload"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Shown again by itself while the file is being read."""
        answer = super().change_view(request, object_id, form_url, extra_context)
        row = self.get_object(request, object_id)
        if row is not None and row.state == S.WAITING and not _is_free(row):
            return shown_again(answer)
        return answer

    @admin.display(description=_("progress"))
    def progress(self, row: StatementFile) -> str:
        return progress_of(files.job_of(row))

    @admin.display(description=_("why it was refused"))
    def refused_why(self, row: StatementFile) -> str:
        return row.why_refused or "--"

    @admin.display(description=_("worth telling"))
    def worth_telling(self, row: StatementFile) -> Any:
        said = [*row.remarks, *(each for own in row.preview for each in own["remarks"])]
        said += [each for own in row.statements.all() for each in own.remarks]
        lines = format_html_join("", "<li>{}</li>", ((for_reader(each),) for each in said))
        return format_html('<ul class="staff-list">{}</ul>', lines) if said else "--"

    @admin.display(description=_("what would be taken"))
    def looks_like(self, row: StatementFile) -> Any:
        heads = (_("booked on"), _("amount"), _("counterparty"), _("reference"), _("text"))
        parts = ((_headline(each), table(heads, each["first"])) for each in row.preview)
        return format_html_join("", "<p>{}</p>{}", parts) if row.preview else "--"

    @admin.display(description=_("file"))
    def original(self, row: StatementFile) -> Any:
        if row.document_id is None:
            return _("not kept any more")
        address = reverse("admin:staff_file", kwargs={"pk": row.document_id})
        return format_html('<a href="{}">{}</a>', address, row.name)


def _headline(said: dict[str, Any]) -> str:
    parts = [said["account"], said["number"], _("Lines: %(count)s") % {"count": said["lines"]}]
    if said["opening"] and said["closing"]:
        parts.append(f"{said['opening']} – {said['closing']}")
    return " · ".join(str(part) for part in parts if part)
