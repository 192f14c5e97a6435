"""Which column of a roster is what, by the names that universities give them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.errors import InvalidInput, Sentence
from foundation.tables.errors import TableError
from learners.values import FIELDS, REQUIRED, label_of

# The first of each language is the template's. Letters and digits alone are compared.
CHINESE = {
    "number": ("学号", "学生学号", "学籍号", "学生编号", "學號"),
    "name": ("姓名", "学生姓名", "名字", "中文姓名"),
    "programme": ("专业", "专业名称", "所学专业", "就读专业", "專業"),
    "entry_year": ("入学年份", "年级", "入学年", "入学时间", "入学年度", "所在年级", "年級"),
    "latin_name": ("英文名", "拼音", "姓名拼音", "英文姓名", "英文名或拼音"),
    "mobile": ("手机", "手机号", "手机号码", "联系电话", "电话", "联系方式", "移动电话", "手機"),
    "email": ("邮箱", "电子邮箱", "电子邮件", "邮箱地址", "電郵"),
}
ENGLISH = {
    "number": ("Student number", "Student no", "Student ID", "Matriculation number", "ID"),
    "name": ("Full name", "Name", "Student name", "Chinese name"),
    "programme": ("Programme", "Program", "Major", "Course of study", "Subject"),
    "entry_year": ("Entry year", "Year", "Year of entry", "Grade", "Enrolment year", "Cohort"),
    "latin_name": ("English name", "Pinyin", "English name or pinyin", "Latin name"),
    "mobile": ("Mobile", "Mobile number", "Phone", "Phone number", "Cell phone", "Telephone"),
    "email": ("E-mail", "Email", "E-mail address", "Mail"),
}
EXAMPLES = {
    "number": "20260101",
    "name": "王小明",
    "programme": "跨境电子商务",
    "entry_year": "2026",
    "latin_name": "Wang Xiaoming",
    "mobile": "13800000000",
    "email": "wang@example.com",
}
NOTES: dict[str, Sentence] = {
    "number": _("As on the student card; a learner is known by it."),
    "name": _("As on the certificate."),
    "programme": _("The programme or major."),
    "entry_year": _("Four digits; 2026级 will do."),
    "latin_name": _("For certificates in English."),
    "mobile": _("11 digits, as text. For reaching the learner, and to tell namesakes apart."),
    "email": _("Receives the personal link."),
}
# Columns that are left unread even where they stand in the file, and said so.
IDENTITY_CARDS = ("身份证", "身份证号", "身份证号码", "证件号", "证件号码", "ID card number")
LETTERS = re.compile(r"[\W_]+")


def find_columns(headers: Sequence[str]) -> dict[str, int]:
    """Our name -> place in the row. Raises TableError where a needed column is missing."""
    found = recognised(headers)
    if missing := [name for name in REQUIRED if name not in found]:
        raise TableError(
            "columns_missing",
            _(
                "The first row has no column for: %(missing)s. It has: %(headers)s. Name the "
                "columns as in the template."
            ),
            params={
                "missing": listed(label_of(name) for name in missing),
                "headers": listed(headers),
            },
        )
    return found


def recognised(headers: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, header in enumerate(headers):
        places.setdefault(_letters(header), place)
    names = ((name, known) for name in FIELDS for known in (*CHINESE[name], *ENGLISH[name]))
    found: dict[str, int] = {}
    for name, known in names:
        if name not in found and _letters(known) in places:
            found[name] = places[_letters(known)]
    return found


def unread(headers: Sequence[str]) -> list[str]:
    """Headers of columns that hold identity cards: they are not read, and people are told."""
    refused = {_letters(name) for name in IDENTITY_CARDS}
    return [header for header in headers if _letters(header) in refused]


def listed(words: Iterable[Any], most: int = 12) -> str:
    said = [str(word)[:40] for word in words]
    return ", ".join([*said[:most], *(["…"] if len(said) > most else [])])


def too_many_rows(limit: int) -> InvalidInput:
    return InvalidInput(
        _("A roster has at most %(limit)s rows. Split the file, for instance by entry year."),
        code="too_many_rows",
        params={"limit": limit},
    )


def _letters(header: str) -> str:
    return LETTERS.sub("", header).casefold()
