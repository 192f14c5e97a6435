"""What a key may be used for: each app registers its scopes in ``AppConfig.ready``.

A scope opens calls; what a call then may do stands in the permission table of its app, for the
role that the key acts as. Both must agree.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission

from foundation.errors import Sentence

_scopes: dict[str, Sentence] = {}


def register_scope(name: str, label: Sentence) -> None:
    """``name`` is ``<things>.read`` or ``<things>.write``."""
    _scopes[name] = label


def scopes() -> dict[str, Sentence]:
    """Name to label, in the order of their names."""
    return dict(sorted(_scopes.items()))


def label_of(name: str) -> Sentence:
    """The label; a scope that no app has any more is called by its name."""
    return _scopes.get(name, name)


class ScopeMissing(PermissionDenied):
    default_code = "scope_missing"


class HasScope(BasePermission):
    """The key may make this kind of call; what it may touch, the operation judges by its role."""

    def has_permission(self, request: Any, view: Any) -> bool:
        if request.auth is None:
            return False
        scope = view.call(request.method).scope
        if scope and scope not in request.auth.scopes:
            raise ScopeMissing(_("This key lacks the scope “%(scope)s”.") % {"scope": scope})
        return True
