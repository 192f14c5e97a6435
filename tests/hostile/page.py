"""What a page offers to fill in and to follow, and the words it shows, read as a browser would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

# Kinds of controls into which people type whatever they like.
FREE = {"text", "search", "textarea", "email", "tel", "url", "password"}
BUTTONS = {"submit", "button", "image", "reset"}
CSRF = "csrfmiddlewaretoken"


@dataclass
class Control:
    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    is_chosen: bool = False

    @property
    def is_free(self) -> bool:
        return self.kind in FREE and self.name != CSRF


@dataclass
class Form:
    """A form with its controls; each button that says something makes a form of its own."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)
    buttons: list[Control] = field(default_factory=list)
    id: str = ""

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(control.name for control in self.controls))

    @property
    def has_files(self) -> bool:
        return any(control.kind == "file" for control in self.controls)

    def free(self) -> list[str]:
        return list(dict.fromkeys(c.name for c in self.controls if c.is_free))

    def closed(self) -> list[str]:
        """Controls that offer a choice, a day or a number, or nothing at all to people, which a
        request need not respect."""
        free = {*self.free(), CSRF}
        return [c for c in self.names if c not in free and self.kind_of(c) != "file"]

    def kind_of(self, name: str) -> str:
        return next(control.kind for control in self.controls if control.name == name)


class Page(HTMLParser):
    """Forms, links and words of a document."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        # What would run: handlers in attributes, addresses that run, scripts nobody vouched for.
        self.runs: list[str] = []
        self._words: list[str] = []
        self._open: list[Form] = []
        self._loose: list[tuple[str, Control]] = []
        self._select: Control | None = None
        self._textarea: Control | None = None
        self.feed(html)
        self.close()
        self._place_loose()

    @property
    def text(self) -> str:
        """Every word shown or kept in an attribute, spaces as one."""
        return squeezed(" ".join(self._words))

    def shows(self, text: str) -> bool:
        return squeezed(text) in self.text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self._words += has.values()
        self.runs += _runs(tag, has)
        self.links += [has[n] for n in ("href", "hx-get", "src", "formaction") if n in has]
        if "id" in has:
            self.ids.add(has["id"])
        starter = getattr(self, f"_start_{tag}", None)
        if starter:
            starter(has)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open:
            self._open.pop()
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        self._words.append(data)
        if self._textarea is not None:
            # The first line break belongs to the tag.
            self._textarea.value += data.removeprefix("\n") if not self._textarea.value else data

    def _start_form(self, has: dict[str, str]) -> None:
        method = has.get("method", "get").lower()
        form = Form(has.get("action", ""), method, id=has.get("id", ""))
        self.forms.append(form)
        self._open.append(form)

    def _start_input(self, has: dict[str, str]) -> None:
        kind = has.get("type", "text").lower()
        value = has.get("value", "on" if kind in ("checkbox", "radio") else "")
        control = Control(has.get("name", ""), kind, value, is_chosen="checked" in has)
        self._add(control, has)

    def _start_button(self, has: dict[str, str]) -> None:
        kind = has.get("type", "submit").lower()
        self._add(Control(has.get("name", ""), kind, has.get("value", "")), has)

    def _start_select(self, has: dict[str, str]) -> None:
        kind = "multiple" if "multiple" in has else "select"
        self._select = Control(has.get("name", ""), kind)
        self._add(self._select, has)

    def _start_option(self, has: dict[str, str]) -> None:
        if self._select is None:
            return
        self._select.options.append(has.get("value", ""))
        if "selected" in has:
            self._select.value, self._select.is_chosen = has.get("value", ""), True

    def _start_textarea(self, has: dict[str, str]) -> None:
        self._textarea = Control(has.get("name", ""), "textarea")
        self._add(self._textarea, has)

    def _add(self, control: Control, has: dict[str, str]) -> None:
        if "disabled" in has or (not control.name and control.kind not in BUTTONS):
            return
        if "form" in has:
            self._loose.append((has["form"], control))
        elif self._open:
            _put(self._open[-1], control)

    def _place_loose(self) -> None:
        for owner, control in self._loose:
            for form in self.forms:
                if form.id == owner:
                    _put(form, control)


def squeezed(text: str) -> str:
    return " ".join(text.split())


def _put(form: Form, control: Control) -> None:
    if control.kind in BUTTONS:
        if control.kind == "submit" and control.name:
            form.buttons.append(control)
    else:
        form.controls.append(control)


def _runs(tag: str, has: dict[str, str]) -> Iterator[str]:
    for name, value in has.items():
        if name.startswith("on"):
            yield f"{tag} {name}={value[:60]}"
        if name in ("href", "src", "action") and value.strip().lower().startswith("javascript:"):
            yield f"{tag} {name}={value[:60]}"
    if tag == "script" and not {"nonce", "src"} & has.keys() and "json" not in has.get("type", ""):
        yield "script without a nonce"
