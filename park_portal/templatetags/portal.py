"""Tags that every template may use without loading them: pages are words, not markup."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.defaulttags import querystring
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from foundation.money import NOTHING, format_money, format_number
from foundation.refs import ref_of
from park_portal import display
from park_portal.forms import css_class_of, kind_of
from park_portal.language import html_language
from tenants.devices import device_name

register = template.Library()

# -- words and numbers -----------------------------------------------------------------------

register.filter("number", format_number)
register.simple_tag(format_number, name="number")
register.filter("money", format_money)
register.filter("day", display.day)
register.filter("moment", display.moment)
register.filter("country", display.country)
register.filter("device", device_name)
register.filter("masked_address", display.masked_address)
# An id in a query or a form: ``?import={{ own.pk|ref:"import" }}``; paths do it by themselves.
register.filter("ref", ref_of)
# Changes some of the address's parameters and keeps the others; None takes one away.
register.simple_tag(querystring, takes_context=True, name="query")

# A mapping as what stands after the question mark.
register.filter("urlencoded", urlencode)

register.simple_tag(html_language)

ICON = (
    '<svg class="icon {}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
    'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" '
    'focusable="false"><use href="{}#{}"></use></svg>'
)


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """An icon out of the sprite that set-up makes from ``setup/icons.txt``."""
    return format_html(ICON, css_class, static("vendor/icons.svg"), name)


@register.filter
def codes(text: str) -> SafeString:
    """What stands between backticks, as Markdown has it, shown as code."""
    pieces = enumerate(str(text).split("`"))
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", p) if n % 2 else escape(p),) for n, p in pieces)
    )


@register.simple_tag
def money(amount: Any, currency: str) -> SafeString:
    return format_html('<span class="numeric">{}</span>', format_money(amount, currency))


@register.simple_tag
def day(value: date | None) -> SafeString:
    written = display.day(value)
    return format_html('<time datetime="{0}">{0}</time>', written) if value else SafeString(written)


@register.simple_tag
def moment(value: datetime | None) -> SafeString:
    if value is None:
        return SafeString(NOTHING)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), display.moment(value))


@register.simple_tag(takes_context=True)
def portal_url(context: template.Context, view: str, *args: Any, **kwargs: Any) -> str:
    """The address of a view inside the organisation the reader is in."""
    if args:
        return reverse(view, args=[context["tenant"].slug, *args])
    return reverse(view, kwargs={"tenant": context["tenant"].slug, **kwargs})


@register.simple_block_tag
def capture(content: str) -> str:
    """``{% capture as name %}``: keep what stands between for use in more than one place."""
    return SafeString(content.strip())


# -- parts of a page -------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def crumb(context: template.Context, label: str, view: str, **kwargs: Any) -> SafeString:
    """One step of the way here, inside ``{% block crumbs %}``."""
    address = portal_url(context, view, **kwargs)
    return format_html('<li class="breadcrumb-item"><a href="{}">{}</a></li>', address, label)


@register.simple_block_tag
def card(content: str, title: str = "", actions: str = "", flush: bool = False) -> str:
    """``flush`` for a table or list that reaches the card's edges."""
    values = {"content": content, "title": title, "actions": actions, "flush": flush}
    return render_to_string("components/card.html", values)


@register.simple_block_tag
def alert(content: str, tone: str = "info", title: str = "") -> str:
    """``tone``: info, success, warning or danger."""
    return render_to_string(
        "components/alert.html", {"content": content, "tone": tone, "title": title}
    )


@register.simple_block_tag
def empty(content: str, title: str, text: str = "", kind: str = "nothing") -> str:
    """Why there is nothing and what to do; the content is the buttons.

    ``kind``: ``nothing`` (none made yet), ``no_match`` (the filter hides all) or
    ``not_permitted`` (whom to ask).
    """
    values = {"content": content, "title": title, "text": text, "kind": kind}
    return render_to_string("components/empty.html", values)


@register.inclusion_tag("components/tile.html")
def tile(
    label: str,
    value: str,
    url: str,
    action: str = "",
    action_url: str = "",
    note: str = "",
    percent: int | None = None,
) -> dict[str, Any]:
    """A figure that links to its rows, with at most one button."""
    return {
        "label": label,
        "value": value,
        "url": url,
        "action": action,
        "action_url": action_url or url,
        "note": note,
        "percent": percent,
    }


@register.inclusion_tag("components/work_list.html")
def work_list(items: Any) -> dict[str, Any]:
    """What waits for the reader: each item has title, url, action, due_at, late and note."""
    return {"items": items}


@register.inclusion_tag("components/status.html")
def status(label: str, tone: str = "neutral") -> dict[str, str]:
    """``tone``: neutral, info, success, warning or danger; the word always stands beside it."""
    return {"label": label, "tone": tone}


@register.simple_block_tag
def facts(content: str) -> SafeString:
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_block_tag
def fact(content: str, label: str) -> SafeString:
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, content)


@register.inclusion_tag("components/progress.html")
def progress(percent: int | None, label: str, text: str = "", poll: str = "") -> dict[str, Any]:
    """A bar; with ``poll`` the surrounding fragment is asked for again at that address.

    ``percent`` None means the end is not known yet. The fragment that comes back when the
    work is done leaves ``poll`` out, which ends the asking.
    """
    return {"percent": percent, "label": label, "text": text, "poll": poll}


@register.simple_block_tag(takes_context=True)
def confirm(
    context: template.Context,
    content: str,
    key: str,
    button: str,
    title: str,
    action: str,
    submit: str = "",
    tone: str = "danger",
) -> str:
    """A button that asks first, then posts to ``action``; works without scripts as well."""
    values = {
        "content": content,
        "key": key,
        "button": button,
        "title": title,
        "action": action,
        "submit": submit or button,
        "tone": tone,
        "submission": new_submission(),
        "csrf_token": context.get("csrf_token"),
    }
    return render_to_string("components/confirm.html", values)


@register.inclusion_tag("components/copied.html")
def copied(key: str, text: str, button: str, code: bool = False) -> dict[str, str | bool]:
    """A text to take away, with the button that copies it; without scripts people select it.

    ``code`` is for what programs read: letters and digits that look alike are told apart.
    """
    return {"key": key, "text": text, "button": button, "code": code}


@register.inclusion_tag("components/copied_fact.html")
def copied_fact(key: str, label: str, text: str) -> dict[str, str]:
    """A fact with a button that copies it, inside ``{% facts %}``."""
    return {"key": key, "label": label, "text": text}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(
    context: template.Context, newer: str | None = None, older: str | None = None, text: str = ""
) -> dict[str, Any]:
    """Keyset pages: ``newer`` and ``older`` are the cursors for ``?before=`` and ``?after=``."""
    return {"request": context["request"], "newer": newer, "older": older, "text": text}


# -- forms -----------------------------------------------------------------------------------


def new_submission() -> str:
    """Names one filled-in form, so that sending it twice can be told from two wishes."""
    return uuid.uuid4().hex


@register.simple_block_tag(takes_context=True, end_name="endform")
def form(
    context: template.Context,
    content: str,
    fields: BaseForm,
    submit: str,
    cancel: str = "",
    action: str = "",
    tone: str = "primary",
) -> str:
    """A whole posted form; the content stands between the fields and the buttons."""
    sent = context["request"].POST.get("submission") if fields.is_bound else None
    values = {
        "content": content,
        "fields": fields,
        "submit": submit,
        "cancel": cancel,
        "action": action,
        "tone": tone,
        "submission": sent or new_submission(),
        "csrf_token": context.get("csrf_token"),
    }
    return render_to_string("components/form_page.html", values)


@register.inclusion_tag("components/filters.html", takes_context=True)
def filters(context: template.Context, fields: BaseForm, *, fold: bool = False) -> dict[str, Any]:
    """A filter bar; what is chosen lives in the address. Above a list it can be folded away."""
    return {"fields": fields, "path": context["request"].path, "fold": fold}


@register.filter
def shape(field: BoundField) -> str:
    return kind_of(field.field.widget)


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's widget with the class that its kind has in our look."""
    own = field.field.widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{own} {css_class_of(field.field.widget)}".strip()})


@register.filter
def options(field: BoundField) -> list[Any]:
    """The single radio buttons or boxes of a field, each to be written with its label."""
    field.field.widget.attrs["class"] = css_class_of(field.field.widget)
    return list(field)


@register.filter
def first_input_id(field: BoundField) -> str:
    """Where a link in the list of errors should lead."""
    suffix = "_0" if kind_of(field.field.widget) == "options" else ""
    return f"{field.auto_id}{suffix}"


# -- tables that become cards on a phone -----------------------------------------------------


class TableColumns:
    """The columns met so far, and how far along its row the table is."""

    def __init__(self) -> None:
        self.openings: list[str] = []
        self.position = 0

    def add(self, label: str, numeric: bool) -> None:
        """Escaped here once and not again in every cell: a list has hundreds of them."""
        align = SafeString(' class="text-end"') if numeric else ""
        self.openings.append(format_html('<td data-label="{}"{}><div>', label, align))

    def next_opening(self) -> str:
        known = self.position < len(self.openings)
        opening = self.openings[self.position] if known else "<td><div>"
        self.position += 1
        return opening


class TableNode(template.Node):
    def __init__(self, content: template.NodeList, label: template.base.FilterExpression) -> None:
        self.content = content
        self.label = label

    def render(self, context: template.Context) -> str:
        with context.push(table_columns=TableColumns()):
            content = self.content.render(context)
        values = {"content": content, "label": self.label.resolve(context)}
        return render_to_string("components/table.html", values)


@register.tag("table")
def table(parser: template.base.Parser, token: template.base.Token) -> TableNode:
    """``{% table label %}{% columns %}…{% endcolumns %}{% row %}{% cell %}…``

    Cells learn their column's name by position, which is what a phone shows beside the value.
    """
    label = parser.compile_filter(token.split_contents()[1])
    content = parser.parse(("endtable",))
    parser.delete_first_token()
    return TableNode(content, label)


@register.simple_block_tag
def columns(content: str) -> SafeString:
    return format_html("<thead><tr>{}</tr></thead>", content)


@register.simple_tag(takes_context=True)
def column(
    context: template.Context, label: str, numeric: bool = False, sort: str = ""
) -> SafeString:
    """``sort`` names the value of ``?sort=``; a second press turns the order round."""
    context["table_columns"].add(str(label), numeric)
    align = SafeString(' class="text-end"') if numeric else ""
    if not sort:
        return format_html('<th scope="col"{}>{}</th>', align, label)
    return _sorted_column(context, label, align, sort)


def _sorted_column(context: template.Context, label: str, align: str, sort: str) -> SafeString:
    chosen = context["request"].GET.get("sort", "")
    order = {sort: "ascending", f"-{sort}": "descending"}.get(chosen)
    turned = f"-{sort}" if chosen == sort else sort
    address = querystring(context, sort=turned, before=None, after=None)
    arrow = icon(f"sort-{order}") if order else ""
    state = format_html(' aria-sort="{}"', order) if order else ""
    return format_html(
        '<th scope="col"{}{}><a href="{}">{} {}</a></th>', align, state, address, label, arrow
    )


class RowNode(template.Node):
    """A row of a table: its cells count from the first column again."""

    def __init__(self, content: template.NodeList) -> None:
        self.content = content

    def render(self, context: template.Context) -> str:
        context["table_columns"].position = 0
        return f"<tr>{self.content.render(context)}</tr>"


class CellNode(template.Node):
    """One cell; what stands in it has been escaped by whatever wrote it."""

    def __init__(self, content: template.NodeList) -> None:
        self.content = content

    def render(self, context: template.Context) -> str:
        opening = context["table_columns"].next_opening()
        return f"{opening}{self.content.render(context).strip()}</div></td>"


def _block(node: type[RowNode] | type[CellNode], end: str) -> Any:
    def compile_block(parser: template.base.Parser, token: template.base.Token) -> template.Node:
        content = parser.parse((end,))
        parser.delete_first_token()
        return node(content)

    return compile_block


register.tag("row", _block(RowNode, "endrow"))
register.tag("cell", _block(CellNode, "endcell"))
