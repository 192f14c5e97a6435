"""The staff site's building blocks: lists that only read, forms that call an operation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from foundation.actors import Actor
from foundation.errors import DomainError
from foundation.permissions import PermissionTable
from foundation.refusals import show_refusal

# What filters and the hierarchy of dates say of a column.
LOOK_UPS = {"", "exact", "id__exact", "isnull", "gte", "gt", "lte", "lt", "year", "month", "day"}
# What a list's address may say while the list still has all rows: their order, the page.
UNNARROWED = {ORDER_VAR, PAGE_VAR}


def _column_of(entry: Any) -> str:
    """An entry of ``list_filter``: a column, a column with its filter, or a filter of our own."""
    named = entry[0] if isinstance(entry, (list, tuple)) else entry
    return named if isinstance(named, str) else str(getattr(named, "parameter_name", None) or "")


class SearchBox(AutocompleteSelect):
    """The admin's box that searches, when a form comes back with a choice that cannot be.

    Django would look the row up to show it again, and fail on what is no key at all.
    """

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        key = self.field.remote_field.model._meta.pk
        return super().optgroups(name, [each for each in value if _can_be(key, each)], attr)


def _can_be(key: Any, value: Any) -> bool:
    try:
        key.to_python(value)
    except ValidationError:
        return False
    return True


class StaffAdmin(ModelAdmin):
    """Nothing is edited behind a state machine's back: by default a list and a page to read.

    ``permissions`` and ``reads`` name the action a person needs to see the rows; without
    ``reads`` every member of the park's staff may.
    """

    permissions: PermissionTable | None = None
    reads = ""
    list_fullwidth = True
    show_full_result_count = False

    def may(self, request: Any, action: str) -> bool:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None or not actor.is_staff:
            return False
        return not action or self.permissions is None or self.permissions.permits(actor, action)

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Only what the list's own filters ask; Django lets an address ask for any column, and
        by ``password__startswith`` a hash is told letter by letter."""
        offered = [*map(_column_of, self.list_filter), self.date_hierarchy]
        return any(
            lookup.removeprefix(name).lstrip("_") in LOOK_UPS
            for name in offered
            if name and f"{lookup}__".startswith(f"{name}__")
        )

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """A year or month beyond every calendar is a look-up that cannot be, as others are."""
        try:
            found = super().get_changelist_instance(request)
        except OverflowError as error:
            raise IncorrectLookupParameters from error
        if request.GET.keys() <= UNNARROWED:
            # Else the theme, not knowing how many there are, offers to show all beside all.
            found.full_result_count = found.result_count
        return found

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchBox(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.reads)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.reads)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadInline(TabularInline):
    """Rows that belong to the row of the page, to read; ``page`` leads to the line's own."""

    extra = 0
    can_delete = False
    hide_title = True
    # What has very many, an organisation's entries or the bills of a run, is read page by page.
    per_page = 50

    @admin.display(description=_("page"))
    def page(self, row: Any) -> str:
        name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
        link = '<a class="staff-button" href="{}" aria-label="{}: {}">{}</a>'
        return format_html(link, reverse(name, args=[row.pk]), _("Open"), row, _("Open"))

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        actor: Actor | None = getattr(request, "actor", None)
        return actor is not None and actor.is_staff

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


class OperationForm(forms.ModelForm):
    """A form of the staff site that saves by one operation.

    The admin asks ``is_valid`` before it saves, so the operation runs there: a refusal comes
    back as an error at the form with everything typed kept, and nothing was written.
    """

    actor: Actor

    def operate(self) -> Any:
        """Call the operation with ``self.cleaned_data`` and return the object it made."""
        raise NotImplementedError

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.instance = self.operate()
        except DomainError as error:
            show_refusal(self, error)

    @property
    def now(self) -> Any:
        return timezone.now()


class OperationAdmin(StaffAdmin):
    """A StaffAdmin whose add and change forms are OperationForms.

    ``adds`` and ``changes`` name the action of the permission table; empty means nobody may.
    """

    add_form: type[OperationForm] | None = None
    change_form: type[OperationForm] | None = None
    adds = ""
    changes = ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.add_form is not None and self.may(request, self.adds)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.change_form is not None and self.may(request, self.changes)

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        base = self.change_form if change else self.add_form
        if base is None or not isinstance(request.actor, Actor):
            return super().get_form(request, obj, change=change, **kwargs)
        kwargs["form"] = type(base.__name__, (base,), {"actor": request.actor})
        kwargs.setdefault("fields", list(base.base_fields))
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        base = self.change_form if obj else self.add_form
        editable = self.has_change_permission(request, obj) if obj else True
        if base is None or not editable:
            return super().get_fieldsets(request, obj)
        # What is only shown says nothing of a row that is not there yet.
        shown = self.get_readonly_fields(request, obj) if obj else []
        return [(None, {"fields": [*shown, *base.base_fields]})]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The operation has saved it already."""
