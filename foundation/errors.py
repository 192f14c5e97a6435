"""Refusals: every operation that says no raises a DomainError with a sentence and a code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise


class DomainError(Exception):
    """The request was understood and refused.

    ``code`` is stable and for programs, ``message`` is for the person in their language, and
    ``fields`` holds sentences by form field where the refusal belongs to one.
    """

    code = "refused"
    status = 409
    message: Sentence = _("This cannot be done now.")

    def __init__(
        self,
        message: Sentence | None = None,
        *,
        code: str | None = None,
        fields: Mapping[str, Sentence] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        self.message = self.message if message is None else message
        self.code = code or self.code
        self.fields = dict(fields or {})
        self.params = dict(params or {})
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message) % self.params if self.params else str(self.message)


class NotPermitted(DomainError):
    """The actor's roles do not include this action."""

    code = "not_permitted"
    status = 403
    message = _("Your role does not include this. Ask an owner of your organisation.")


class WrongState(DomainError):
    """The object is not in a state from which this step is possible."""

    code = "wrong_state"
    message = _("This step is not possible any more. Reload the page to see the current state.")


class InvalidInput(DomainError):
    """A value was refused by a rule that no form could know."""

    code = "invalid"
    status = 422
    message = _("Check the marked entries.")
