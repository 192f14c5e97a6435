"""How forms look: one template for a form, one for a field, none in the pages."""

from __future__ import annotations

from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import django.forms
from django.conf import settings
from django.forms import widgets
from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString

BUILT_IN = Path(django.forms.__file__).parent / "templates"

SELECT = "django/forms/widgets/select.html"
OPTION_LISTS = (widgets.RadioSelect, widgets.CheckboxSelectMultiple)


class PortalRenderer(DjangoTemplates):
    """Django's own renderer with the portal's templates before the built-in ones."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

    @cached_property
    def engine(self) -> Any:
        return self.backend(
            {
                "APP_DIRS": True,
                "DIRS": [settings.BASE_DIR / "templates", BUILT_IN],
                "NAME": "portal_forms",
                "OPTIONS": {"builtins": ["park_portal.templatetags.portal"]},
            }
        )

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if template_name == SELECT:
            return write_select(context["widget"])
        return super().render(template_name, context, request)


def write_select(widget: dict[str, Any]) -> SafeString:
    """Django's select.html without two included templates for each option: a choice of sixty
    months took longer to write than the rest of its page."""
    groups = [_write_group(name, options) for name, options, _index in widget["optgroups"]]
    attributes = flatatt({"name": widget["name"], **widget["attrs"]})
    return format_html("<select{}>{}</select>", attributes, SafeString("".join(groups)))


def _write_group(name: str | None, options: list[dict[str, Any]]) -> str:
    written = "\n".join(_write_option(option) for option in options)
    return f'<optgroup label="{escape(name)}">{written}</optgroup>' if name else written


def _write_option(option: dict[str, Any]) -> str:
    attributes = flatatt(option["attrs"]) if option["attrs"] else ""
    value, label = escape(str(option["value"])), escape(str(option["label"]))
    return f'<option value="{value}"{attributes}>{label}</option>'


def kind_of(widget: widgets.Widget) -> str:
    """Which of the three shapes a widget has: ``check``, ``options`` or ``input``."""
    if isinstance(widget, OPTION_LISTS):
        return "options"
    return "check" if isinstance(widget, widgets.CheckboxInput) else "input"


def css_class_of(widget: widgets.Widget) -> str:
    if kind_of(widget) != "input":
        return "form-check-input"
    return "form-select" if isinstance(widget, widgets.Select) else "form-control"
