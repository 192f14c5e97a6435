"""How the refusal of an operation comes back at a form: one way for pages and the staff site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form, ModelForm

from foundation.errors import DomainError


def show_refusal(form: Form | ModelForm, error: DomainError) -> None:
    """Each sentence at its field; above the form what belongs to none that the form has."""
    for name, sentence in error.fields.items():
        form.add_error(name if name in form.fields else None, str(sentence))
    if not error.fields:
        form.add_error(None, str(error))


def is_done(form: Form | ModelForm, operate: Callable[[], Any]) -> bool:
    """Whether it was done. What the person can mend stands at the form; a lack of rights is
    raised on as NotPermitted."""
    try:
        operate()
    except DomainError as error:
        if error.status == 403:
            raise
        show_refusal(form, error)
        return False
    return True
