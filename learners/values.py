"""What is typed or uploaded about a learner, in the one form in which it is kept.

Each function gives the plain value or raises ``Unclear`` with a sentence for whoever can mend
it. Forms, the roster and the operations ask the same ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from stdnum.cn import ric

from foundation.errors import Sentence
from foundation.text import is_storable
from learners.models import Learner

# How far ahead a university enrols.
YEARS_AHEAD = 1
OLDEST_ENTRY = 60
NUMBER = re.compile(r"[0-9A-Z](?:[0-9A-Z._/-]*[0-9A-Z])?", re.ASCII)
# A spreadsheet's whole number, and the year as rosters write it: 2023, 2023 grade, 2023-09-01.
WHOLE = re.compile(r"(\d+)\.0+", re.ASCII)
YEAR = re.compile(r"(\d{4})(?:\s*[\u7ea7\u5e74]|[-/.]\d{1,2}(?:[-/.]\d{1,2})?)?", re.ASCII)
SHORTENED = re.compile(r"\d+(?:\.\d+)?[eE]\+?\d+", re.ASCII)
MAINLAND = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})", re.ASCII)
ABROAD = re.compile(r"(?:\+|00)([1-9]\d{6,14})", re.ASCII)
BETWEEN_DIGITS = re.compile(r"[\s()-]+")
HAN = re.compile(r"[\u3400-\u9fff\u00b7\s]+")

REQUIRED = ("number", "name", "programme", "entry_year")
FIELDS = (*REQUIRED, "latin_name", "mobile", "email")


class Unclear(ValueError):
    """The value cannot be kept as it came."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        super().__init__(str(sentence))


def label_of(name: str) -> Sentence:
    return Learner._meta.get_field(name).verbose_name  # type: ignore[union-attr]


def number_of(text: str, today: date) -> str:
    """Capitals, digits and . _ / - between them; an identity-card number is refused."""
    plain = _folded(text).replace(" ", "").upper()
    if SHORTENED.fullmatch(_folded(text)):
        raise Unclear(_SHORTENED)
    if ric.is_valid(plain):
        raise Unclear(
            _("This is the number of an identity card, which is not kept here. Give the student number.")
        )  # fmt: skip
    if not NUMBER.fullmatch(plain):
        raise Unclear(_("A student number has letters and digits, and . _ / - between them."))
    return plain


def name_of(text: str, today: date) -> str:
    """Single blanks between words, none inside a Chinese name."""
    plain = plain_of(text, today)
    if not any(letter.isalpha() for letter in plain):
        raise Unclear(_("A name has letters."))
    return plain.replace(" ", "") if HAN.fullmatch(plain) else plain


def plain_of(text: str, today: date) -> str:
    """As it was written, with single blanks."""
    return " ".join(text.split())


def year_of(text: str, today: date) -> int:
    found = YEAR.fullmatch(_folded(text))
    if found is None:
        raise Unclear(_("Write the year of entry with four digits, such as 2026."))
    year = int(found.group(1))
    if not today.year - OLDEST_ENTRY <= year <= today.year + YEARS_AHEAD:
        raise Unclear(_("The year of entry lies too far away from this year."))
    return year


def mobile_of(text: str, today: date) -> str:
    """``13800001234``, from abroad ``+6591234567``."""
    plain = _folded(text)
    if SHORTENED.fullmatch(plain):
        raise Unclear(_SHORTENED)
    digits = BETWEEN_DIGITS.sub("", plain)
    if found := MAINLAND.fullmatch(digits):
        return found.group(1)
    if found := ABROAD.fullmatch(digits):
        return f"+{found.group(1)}"
    raise Unclear(
        _("A mobile number has 11 digits and begins with 1; one from abroad begins with +.")
    )


def email_of(text: str, today: date) -> str:
    plain = _folded(text).lower()
    try:
        validate_email(plain)
    except ValidationError:
        raise Unclear(_("This is no e-mail address.")) from None
    return plain


_SHORTENED = _("A spreadsheet has shortened this number and lost its digits. Write it as text.")
PLAIN: dict[str, Callable[[str, date], Any]] = {
    "number": number_of,
    "name": name_of,
    "programme": plain_of,
    "entry_year": year_of,
    "latin_name": plain_of,
    "mobile": mobile_of,
    "email": email_of,
}


def plain_values(
    said: Mapping[str, str], today: date
) -> tuple[dict[str, Any], dict[str, Sentence]]:
    """The values of the fields that were said, and a sentence for each that cannot be kept."""
    values: dict[str, Any] = {}
    wrong: dict[str, Sentence] = {}
    for name in FIELDS:
        if name not in said:
            continue
        try:
            values[name] = _value_of(name, said[name], today)
        except Unclear as error:
            wrong[name] = error.sentence
    return values, wrong


def _value_of(name: str, text: str, today: date) -> Any:
    if not is_storable(text):
        raise Unclear(_("This holds characters that cannot be kept."))
    if not text.strip():
        if name in REQUIRED:
            raise Unclear(_("This is needed and blank."))
        return ""
    value = PLAIN[name](text, today)
    limit = Learner._meta.get_field(name).max_length  # type: ignore[union-attr]
    if limit and len(value) > limit:
        raise Unclear(_("This is longer than the %(limit)s characters allowed.") % {"limit": limit})
    return value


def _folded(text: str) -> str:
    """Full-width letters as plain ones, single blanks, a whole number without its ``.0``."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    found = WHOLE.fullmatch(plain)
    return found.group(1) if found else plain
