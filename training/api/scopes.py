"""What keys of an organisation may be used for here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gateway.scopes import register_scope

READ, WRITE = "training.read", "training.write"


def register() -> None:
    register_scope(READ, _("Read sessions, seats and attendance"))
    register_scope(WRITE, _("Book seats, name them and give them up"))
