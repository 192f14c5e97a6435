"""A learner as one reader sees them: in full or masked."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from foundation.actors import Actor
from foundation.names import mask_email, mask_id, mask_phone, mask_surname
from learners.models import Learner
from learners.permissions import permissions


@dataclass(frozen=True, slots=True)
class Shown:
    """``of_park`` readers see the student number masked as well."""

    learner: Learner
    is_full: bool
    of_park: bool = False

    @property
    def number(self) -> str:
        return mask_id(self.learner.number) if self.of_park else self.learner.number

    @property
    def name(self) -> str:
        if self.learner.erased_at:
            return _("Personal data erased")
        return self.learner.name if self.is_full else mask_surname(self.learner.name)

    @property
    def latin_name(self) -> str:
        return self.learner.latin_name if self.is_full else mask_surname(self.learner.latin_name)

    @property
    def mobile(self) -> str:
        plain = self.learner.mobile
        return plain if self.is_full or not plain else mask_phone(plain)

    @property
    def email(self) -> str:
        plain = self.learner.email
        return plain if self.is_full or not plain else mask_email(plain)

    @property
    def year(self) -> str:
        """As text: a year has no separator of thousands."""
        return str(self.learner.entry_year)

    @property
    def consent(self) -> tuple[str, str]:
        """In a word, and its tone."""
        if self.learner.consented:
            return pgettext("consent", "Given"), "success"
        if self.learner.withdrew:
            return pgettext("consent", "Taken back"), "danger"
        return pgettext("consent", "Missing"), "warning"


def shown_to(actor: Actor, learner: Learner) -> Shown:
    is_full = not actor.is_staff and permissions.permits(actor, "see_personal_data")
    return Shown(learner, is_full, of_park=actor.is_staff)
