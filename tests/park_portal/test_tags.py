"""The tags that pages are written with."""

import datetime as dt
from decimal import Decimal

import pytest
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils import translation


def render(source, path="/", **context):
    whole = RequestContext(RequestFactory().get(path))
    whole.update(context)
    return Template(source).render(whole)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (Decimal("1234567.891"), "GBP", "GBP 1,234,567.89"),
        (Decimal("1234.5"), "JPY", "JPY 1,235"),
        (Decimal("1.2345"), "KWD", "KWD 1.235"),
        (None, "CNY", "--"),
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_money_is_written_alike_in_both_languages(amount, currency, written, language):
    with translation.override(language):
        found = render("{% money amount currency %}", amount=amount, currency=currency)
    assert found == f'<span class="numeric">{written}</span>'


def test_moments_are_shown_in_the_parks_zone():
    at = dt.datetime(2026, 9, 5, 23, 30, tzinfo=dt.UTC)
    assert ">2026-09-06 07:30</time>" in render("{% moment at %}", at=at)
    assert render("{% day at %}", at=at) == '<time datetime="2026-09-06">2026-09-06</time>'


def test_what_is_not_known_is_written_as_two_dashes():
    assert render("{% day none %} {% moment none %} {{ none|number }}", none=None) == "-- -- --"


def test_countries_are_named_in_the_readers_language():
    with translation.override("zh-hans"):
        assert render("{{ code|country }}", code="GB") == "英国"
    with translation.override("en"):
        assert render("{{ code|country }}", code="GB") == "United Kingdom"
        assert render("{{ code|country }}", code="Q9") == "Q9"


def test_query_changes_one_parameter_and_keeps_the_others():
    assert render("{% query page=2 after=None %}", "/?q=a+b&after=x") == "?q=a+b&amp;page=2"


def test_crumbs_and_addresses_stay_in_the_organisation(enterprise):
    found = render(
        "{% crumb label view %}{% portal_url view %}", tenant=enterprise, label="<b>", view="portal"
    )
    assert 'href="/o/haihe/"' in found
    assert "&lt;b&gt;" in found
    assert found.endswith("/o/haihe/")


TABLE = """
{% table "Orders" %}
  {% columns %}{% column "Number" sort="number" %}{% column "Net" numeric=True %}{% endcolumns %}
  {% for row in rows %}{% row %}{% cell %}{{ row.0 }}{% endcell %}{% cell %}{{ row.1 }}{% endcell %}{% endrow %}{% endfor %}
{% endtable %}
"""


def test_every_cell_carries_its_columns_name_for_phones():
    found = render(TABLE, rows=[("A1", "<i>"), ("A2", "7")])
    assert found.count('data-label="Number"') == 2
    assert '<td data-label="Net" class="text-end"><div>&lt;i&gt;</div></td>' in found
    assert '<td data-label="Net" class="text-end"><div>7</div></td>' in found


def test_a_second_press_on_a_column_turns_the_order_round():
    assert 'href="?sort=number"' in render(TABLE, rows=[])
    found = render(TABLE, "/?sort=number", rows=[])
    assert 'href="?sort=-number"' in found
    assert 'aria-sort="ascending"' in found


def test_progress_tells_its_value_and_asks_again_only_while_it_runs():
    running = render('{% progress 42 "Reading" poll="/job/1/" %}')
    assert 'role="progressbar"' in running
    assert 'aria-valuenow="42"' in running
    assert 'hx-get="/job/1/"' in running
    done = render('{% progress 100 "Done" %}')
    assert "hx-get" not in done
    assert "aria-valuenow" not in render('{% progress None "Counting" %}')


def test_the_question_before_a_deletion_is_a_form_with_a_token():
    source = '{% confirm key="stop" button="Stop" title="Really?" action="/stop/" %}All of it.{% endconfirm %}'
    found = render(source, csrf_token="secret-token")
    assert 'href="#stop"' in found
    assert '<dialog class="confirm" id="stop"' in found
    assert 'action="/stop/"' in found
    assert "secret-token" in found


def test_a_status_is_told_by_its_word_and_not_by_colour_alone():
    assert "Done" in render('{% status "Done" "success" %}')


def test_icons_come_from_the_sprite_and_are_silent():
    found = render('{% icon "bell" %}')
    assert "vendor/icons.svg#bell" in found
    assert 'aria-hidden="true"' in found
