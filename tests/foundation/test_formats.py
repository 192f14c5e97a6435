from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

LANGUAGES = ["en", "zh-hans"]
TYPED = [
    "2026-09-05", "2026-9-5", "2026/09/05", "2026/9/5", "2026.09.05", "2026.9.5", "20260905",
    "2026年9月5日", "2026年09月05日", "2026 年 9 月 5 日",
]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", TYPED)
def test_dates_typed(language, text):
    with translation.override(language):
        assert forms.DateField().clean(text) == dt.date(2026, 9, 5)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text", ["05/09/2026", "9/5/2026", "05.09.2026", "09/05/26", "5 Sep 2026", "2026-13-01"]
)
def test_dates_with_two_readings_are_refused(language, text):
    with translation.override(language), pytest.raises(forms.ValidationError):
        forms.DateField().clean(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_moments_typed(language):
    with translation.override(language):
        for text in ("2026-09-05 14:08", "2026-09-05T14:08", "2026年9月5日 14:08"):
            assert forms.DateTimeField().clean(text).replace(tzinfo=None) == dt.datetime(
                2026, 9, 5, 14, 8
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_shown_the_same_in_both_languages(language):
    page = Template("{{ number }} {{ day }} {{ moment }}")
    values = {
        "number": Decimal("1234567.89"),
        "day": dt.date(2026, 9, 5),
        "moment": dt.datetime(2026, 9, 5, 14, 8),
    }
    with translation.override(language):
        assert page.render(Context(values)) == "1,234,567.89 2026-09-05 2026-09-05 14:08"
