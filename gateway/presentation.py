"""Keys as their page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from gateway.models import ApiKey
from gateway.scopes import label_of

SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class ShownKey:
    key: ApiKey
    now: datetime

    @property
    def may(self) -> list[str]:
        return [str(label_of(scope)) for scope in self.key.scopes]

    @property
    def in_force(self) -> bool:
        return self.key.is_in_force(self.now)

    @property
    def state(self) -> str:
        if self.key.revoked_at:
            return _("Revoked")
        if not self.in_force:
            return _("Expired")
        if self.key.replaced_by_id:
            return _("Being replaced")
        return _("Ends soon") if self._ends_soon else _("In force")

    @property
    def tone(self) -> str:
        if not self.in_force:
            return "neutral"
        return "warning" if self.key.replaced_by_id or self._ends_soon else "success"

    @property
    def until(self) -> str:
        """The day until which it works; for one that does not, nothing."""
        last = f"{timezone.localtime(self.key.expires_at):%Y-%m-%d}"
        return _("until %(day)s") % {"day": last} if self.in_force else ""

    @property
    def _ends_soon(self) -> bool:
        return self.key.expires_at < self.now + SOON
