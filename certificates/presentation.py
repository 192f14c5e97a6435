"""How certificates look on pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy

from certificates.links import address_to_verify
from certificates.models import EXPIRED, Certificate, CertificateState
from foundation.errors import Sentence
from foundation.money import format_number

LABELS: dict[str, Sentence] = {
    **{state.value: state.label for state in CertificateState},
    EXPIRED: pgettext_lazy("certificate", "Expired"),
    CertificateState.ISSUED: pgettext_lazy("certificate", "Valid"),
}
TONES = {
    CertificateState.ISSUED: "success",
    CertificateState.REVOKED: "danger",
    CertificateState.REPLACED: "warning",
    EXPIRED: "neutral",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One certificate for a page: its state today, and words in the reader's language."""

    row: Certificate
    today: date

    @property
    def state(self) -> str:
        return self.row.state_on(self.today)

    @property
    def label(self) -> Sentence:
        return LABELS[self.state]

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def course(self) -> str:
        return in_reading(self.row.course_zh, self.row.course_en)

    @property
    def issuer(self) -> str:
        return in_reading(self.row.issuer_zh, self.row.issuer_en)

    @property
    def hours(self) -> str:
        return "" if self.row.hours is None else format_number(self.row.hours)

    @property
    def address(self) -> str:
        return address_to_verify(self.row.number) if self.row.number else ""

    @property
    def days(self) -> str:
        first, last = self.row.started_on, self.row.ended_on
        if first is None or last is None:
            return ""
        return f"{first}" if first == last else f"{first} – {last}"


def shown(row: Certificate) -> Shown:
    return Shown(row, timezone.localdate())


def in_reading(chinese: str, english: str) -> str:
    """The one in the reader's language where there is one."""
    is_chinese = (get_language() or "").startswith("zh")
    return chinese if is_chinese or not english else english
