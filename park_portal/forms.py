"""How forms look: one template for a form, one for a field, none in the pages."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import django.forms
from django.conf import settings
from django.forms import widgets
from django.forms.renderers import DjangoTemplates

BUILT_IN = Path(django.forms.__file__).parent / "templates"

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


def kind_of(widget: widgets.Widget) -> str:
    """Which of the three shapes a widget has: ``check``, ``options`` or ``input``."""
    if isinstance(widget, OPTION_LISTS):
        return "options"
    return "check" if isinstance(widget, widgets.CheckboxInput) else "input"


def css_class_of(widget: widgets.Widget) -> str:
    if kind_of(widget) != "input":
        return "form-check-input"
    return "form-select" if isinstance(widget, widgets.Select) else "form-control"
