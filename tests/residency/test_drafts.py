"""What an applicant types is kept as it is typed, and never over what another page saved."""

import pytest

from residency import links
from tests.residency.conftest import reload

SECTION = "answers/company/"


@pytest.fixture
def page(begin, client):
    """An open page of the first section: sends what is typed as the page would."""
    application = begin("exporter", language="en")
    address = links.path_of(application) + SECTION

    class Page:
        row = application

        def __init__(self):
            shown = client.get(address).context
            self.base, self.name, self.turn = shown["base"], shown["page"], 0

        def save(self, *, by_itself=True, **typed):
            self.turn += 1
            sent = {"base": self.base, "page": self.name, "turn": str(self.turn), **typed}
            headers = {"accept-language": "en"} | ({"HX-Request": "true"} if by_itself else {})
            return client.post(address, sent, headers=headers)

    return Page


def test_malformed_words_are_kept_and_come_back(page, client):
    open_page = page()
    answer = open_page.save(founded_on="spring 2024", registration_number="9112?")
    assert answer.status_code == 200
    draft = reload(page.row).draft
    assert (draft["founded_on"], draft["registration_number"]) == ("spring 2024", "9112?")
    shown = client.get(links.path_of(page.row) + SECTION).content.decode()
    assert 'value="spring 2024"' in shown
    assert 'value="9112?"' in shown


def test_without_scripts_the_button_saves_and_says_what_cannot_be_read(page):
    answer = page().save(by_itself=False, founded_on="spring", name="津桥")
    assert answer.status_code == 200
    assert "founded_on" in answer.context["form"].errors
    assert "name" not in answer.context["form"].errors
    assert reload(page.row).draft["name"] == "津桥"


def test_of_two_pages_the_later_is_told_and_nothing_is_overwritten(page):
    first, second = page(), page()
    second.save(name="Second")
    for by_itself in (True, False):
        answer = first.save(by_itself=by_itself, name="First")
        assert "changed in another window" in answer.content.decode()
        assert reload(page.row).draft["name"] == "Second"
    assert "Second" in answer.content.decode(), "both are shown"
    assert 'value="First"' in answer.content.decode()


def test_what_was_shown_beside_ones_own_may_be_saved(page):
    first, second = page(), page()
    second.save(name="Second")
    told = first.save(by_itself=False, name="First")
    first.base = told.context["base"]
    first.save(by_itself=False, name="First")
    assert reload(page.row).draft["name"] == "First"


def test_two_pages_with_different_sections_do_not_disturb_each_other(page, client):
    first = page()
    address = links.path_of(page.row) + "answers/wishes/"
    other = client.get(address).context
    sent = {"base": other["base"], "page": other["page"], "wanted_area": "90"}
    client.post(address, sent, headers={"HX-Request": "true"})
    first.save(name="First")
    draft = reload(page.row).draft
    assert (draft["name"], draft["wanted_area"]) == ("First", "90")


def test_a_page_that_never_heard_of_its_own_save_goes_on(page):
    """The answer was lost on the way; the page is its own predecessor."""
    open_page = page()
    open_page.save(name="One")
    open_page.save(name="Two")
    assert reload(page.row).draft["name"] == "Two"


def test_a_save_that_comes_too_late_changes_nothing(page):
    open_page = page()
    open_page.save(name="One")
    open_page.save(name="Two")
    open_page.turn = 0
    open_page.save(name="One")
    assert reload(page.row).draft["name"] == "Two"


def test_a_submitted_application_keeps_what_was_said(submitted, client):
    application = submitted()
    address = links.path_of(application) + SECTION
    client.post(address, {"name": "Another"}, headers={"HX-Request": "true"})
    assert reload(application).draft["name"] != "Another"
    assert client.get(address).status_code == 302


def test_books_are_not_kept(page):
    answer = page().save(business_scope="x" * 10_001)
    assert "too long" in answer.content.decode()
    assert "business_scope" not in reload(page.row).draft
