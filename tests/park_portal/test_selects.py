"""Our own writing of a select says the same as Django's."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from park_portal.forms import PortalRenderer

CHOICES = [
    ("", "--"),
    ("a&b", 'Tom & "Jerry" <b>'),
    ("Group", [(1, "one"), ("2", "two")]),
    (mark_safe("x"), "plain"),
]


class ExampleForm(forms.Form):
    one = forms.ChoiceField(choices=CHOICES, required=False)
    many = forms.MultipleChoiceField(choices=CHOICES, widget=forms.SelectMultiple)


@pytest.mark.parametrize("field", ["one", "many"])
@pytest.mark.parametrize("data", [None, {"one": "a&b", "many": ["2", "a&b"]}])
def test_the_same_options_with_the_same_choice(field, data):
    ours = ExampleForm(data, renderer=PortalRenderer())[field].as_widget(attrs={"class": "x"})
    theirs = ExampleForm(data, renderer=DjangoTemplates())[field].as_widget(attrs={"class": "x"})
    assert parts(ours) == parts(theirs)


class Reader(HTMLParser):
    """Tags with their attributes and texts, without the order of attributes and white space."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.read.append((tag, frozenset((name, value or "") for name, value in attrs)))

    def handle_data(self, data: str) -> None:
        self.read += [data.strip()] if data.strip() else []


def parts(html: str) -> list[object]:
    reader = Reader()
    reader.feed(html)
    return reader.read
