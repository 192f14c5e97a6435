"""The foundation's sentences are judged in English, the language they are written in."""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _english(_language: None) -> None:
    translation.activate("en")
