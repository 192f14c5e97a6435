"""One form and every odd string: what is taken is kept as it was, what is refused changes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from unicodedata import normalize

from django.utils import timezone

from learners.values import name_of
from tests.browser.small_park import SmallPark
from tests.hostile.filling import files_of, filled, mark_of, pairs
from tests.hostile.rows import Changes, Leaf, Watch, content
from tests.hostile.sender import REFUSALS, Answer, Sender, is_run_by
from tests.hostile.strings import Odd, few, is_same, sample
from tests.hostile.walk import Door
from training.guest_forms import CELLS

TRAIL = "tenants_trailentry"
# Fields that the portal writes in a form of its own, as their pages say.
REWRITTEN: dict[str, Any] = {
    "registration_number": lambda text: " ".join(text.split()).upper(),
    "name": lambda text: name_of(text, timezone.localdate()),
    "latin_name": lambda text: " ".join(text.split()),
    "programme": lambda text: " ".join(text.split()),
    # Of a bank account.
    "number": lambda text: re.sub(r"[\s/]", "", normalize("NFKC", text)).upper(),
}
# Forms that keep what was typed as it was typed, and say beside it what is not right yet.
DRAFTS: dict[str, Any] = {"apply:section": lambda text: text.replace("\r\n", "\n")}


def pieces(name: str, text: str) -> list[str]:
    """What is kept and shown as one: guests stand in lines, and each of them in cells."""
    if name != "people":
        return [text]
    cells = chain.from_iterable(map(CELLS.split, text.splitlines()))
    return [cell.strip() for cell in cells if cell.strip()]


@dataclass
class Attack:
    """``play`` are the fields that take words; ``homes`` where each of them is stored.

    ``strict`` are those that people type into and that refuse a plain word: days, times, codes.
    """

    sender: Sender
    park: SmallPark
    door: Door
    play: list[str] = field(default_factory=list)
    homes: dict[str, set[Leaf]] = field(default_factory=dict)
    shown: dict[str, set[str]] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    must_choose: set[str] = field(default_factory=set)
    strict: list[str] = field(default_factory=list)
    refusal: dict[str, list[str]] = field(default_factory=dict)
    is_open: bool = False
    asks_who: bool = False

    def find_out(self) -> None:
        """Fill the form in so that it is taken, and see where each word goes."""
        form = self.door.form
        self.play = form.free()
        typed = [name for name in self.play if form.kind_of(name) != "password"]
        self.marks = {name: mark_of(form, name) for name in typed}
        self.is_open = any(self._is_taken() for _try in range(2))
        if self.is_open:
            self._find_strict()

    def _is_taken(self) -> bool:
        with self.sender.undone():
            watch = Watch()
            answer = self.send({})
            if answer.is_accepted:
                self._look_for_homes(watch.changes(), answer)
                self.asks_who = answer.asks_who
                return True
        self.refusal = answer.refused or {"": [f"status {answer.status}"]}
        self._heed(answer.refused)
        return False

    def _find_strict(self) -> None:
        """What is filled in with a value of its own may take any word, or no other."""
        for name, mark in list(self.marks.items()):
            if self._filled()[name] != [mark]:
                with self.sender.undone():
                    refused = self.send({name: mark}, follow=False).refused
                self._heed({name: refused[name]} if name in refused else {})

    def _heed(self, refused: dict[str, list[str]]) -> None:
        """Those that want a form of their own keep what stood there; choices are made."""
        self.must_choose |= refused.keys()
        # Into a box of several lines people may paste anything, whatever is read from it.
        kind_of = self.door.form.kind_of
        self.strict += [n for n in self.marks if n in refused and kind_of(n) != "textarea"]
        self.marks = {name: mark for name, mark in self.marks.items() if name not in refused}
        self.play = [name for name in self.play if name not in self.strict]

    def send(
        self, odd: dict[str, str], more: Sequence[tuple[str, str]] = (), *, follow: bool = True
    ) -> Answer:
        """The form as it is taken, with ``odd`` in some fields and fields it does not have."""
        door = self.door
        said = self._filled() | {name: [text] for name, text in odd.items()}
        if door.lead:
            self.sender.get(door.cookies, door.lead)
        cookies = self.sender.client.cookies if door.lead else door.cookies
        said_pairs = [*pairs(said), *more]
        files = files_of(door, self.park)
        return self.sender.post(cookies, door.target, said_pairs, files, follow=follow)

    def _filled(self) -> dict[str, list[str]]:
        return filled(self.door, self.park, self.marks, self.must_choose)

    def _look_for_homes(self, changes: Changes, answer: Answer) -> None:
        said = self._filled()
        leaves = list(changes.leaves())
        hidden = [name for name in self.closed() if self.door.form.kind_of(name) == "hidden"]
        for name in [*self.play, *hidden]:
            value = next(iter(said.get(name, [])), "")
            is_mark = self.marks.get(name) == value
            self.homes[name] = {
                leaf
                for leaf, kept in leaves
                if value
                and kept == value
                and (is_mark or leaf[1][-1] == name)
                # What stood there until then is in the trail as well.
                and (leaf[0], leaf[1][0]) != (TRAIL, "before")
            }
        standing = self.sender.get(self.door.cookies, self.door.path)
        for name, mark in self.marks.items():
            pages = {"answer": answer, self.door.path: standing}
            self.shown[name] = {where for where, page in pages.items() if mark in page.body}

    # -- one string ----------------------------------------------------------------------------

    def throw(self, odd: Odd) -> None:
        """The string in all fields at once, then without those that refused it, until it is taken."""
        play = list(self.play)
        while play:
            refused = self._round(odd, play)
            if refused is None:
                return
            if not odd.is_storable:
                return  # Refused as a whole, whichever field it stands in.
            named = [name for name in play if name in refused]
            if not named:
                # Each by itself, but where the form is refused whatever is said.
                for name in play if self.is_open and len(play) > 1 else []:
                    self._round(odd, [name])
                return
            play = [name for name in play if name not in named]

    def _round(self, odd: Odd, play: list[str]) -> dict[str, list[str]] | None:
        """What refused the string, None when it was taken."""
        where = f"{self.door.name} {play} <- {odd}"
        with self.sender.undone():
            watch = Watch()
            answer = self.send(
                dict.fromkeys(play, odd.text), follow=odd.is_looked_at(self.door.name)
            )
            for fault in is_run_by(odd.text, answer):
                self.sender.complain(where, fault)
            if answer.asks_who and not self.asks_who:
                self.sender.complain(where, "nobody looked at it: who is it, the portal asks")
            if answer.is_accepted:
                self._judge_kept(odd, play, watch.changes(), answer, where)
                return None
            if self.door.route in DRAFTS and not answer.is_error_page:
                self._judge_kept(odd, play, watch.changes(), answer, where)
                self._judge_refusal(answer, where)
                return None
            touched = watch.tables()
            after = {table: content(table) for table in touched}
        for table, digest in after.items():
            if digest != content(table):
                self.sender.complain(where, f"refused, and {table} changed")
        self._judge_refusal(answer, where)
        return answer.refused

    def _judge_refusal(self, answer: Answer, where: str) -> None:
        if answer.is_error_page:
            if answer.status not in REFUSALS:
                self.sender.complain(where, f"refused with {answer.status}")
            return
        sentences = [sentence for errors in answer.refused.values() for sentence in errors]
        page = answer.page()
        if not any(page.shows(sentence) for sentence in sentences):
            self.sender.complain(where, f"refused without a word: {answer.refused}")

    def _judge_kept(
        self, odd: Odd, play: list[str], changes: Changes, answer: Answer, where: str
    ) -> None:
        leaves = list(changes.leaves())
        for name in play:
            for home in self.homes.get(name, ()):
                kept = [value for leaf, value in leaves if leaf == home]
                # Where nothing is said the row may stay as it was, or say something by itself.
                if not odd.text.strip() or (not kept and home[0] == TRAIL):
                    continue
                if not any(self._is_kept(name, odd.text, value) for value in kept):
                    self.sender.complain(where, f"{home} reads {kept!r:.80}")
            if odd.is_looked_at(self.door.name):
                self._judge_shown(name, odd, answer, where)

    def _is_kept(self, name: str, text: str, value: Any) -> bool:
        rewrite = DRAFTS.get(self.door.route) or REWRITTEN.get(name)
        same = any(is_same(piece, value) for piece in pieces(name, text))
        return same or bool(rewrite and rewrite(text) == value)

    def _judge_shown(self, name: str, odd: Odd, answer: Answer, where: str) -> None:
        if not self.homes.get(name) or not odd.text.strip():
            return
        for place in self.shown.get(name, ()):
            seen = answer
            if place != "answer":
                seen = self.sender.get(self.door.cookies, place)
            if not all(seen.page().shows(piece) for piece in pieces(name, odd.text)):
                self.sender.complain(where, f"{name} is not shown as it is at {seen.path}")
            for fault in is_run_by(odd.text, seen):
                self.sender.complain(where, f"{fault} at {seen.path}")

    def closed(self) -> list[str]:
        """Fields that take no free text, but may be bent to it."""
        return [*self.strict, *self.door.form.closed()]

    def bend(self, odd: Odd, name: str) -> None:
        """The string in the place of a choice, a day or a number."""
        self._round(odd, [name])


def attack(found: Attack) -> None:
    """Every field of one form; what is wrong goes to the sender's problems."""
    door, figures = found.door, found.sender.figures
    figures.doors.add(door.name)
    figures.fields |= {f"{door.name} {name}" for name in door.form.names}
    for odd in sample(door.name, 2) if found.play else []:
        figures.strings.add(odd.text)
        found.throw(odd)
    for name in found.closed():
        for odd in few(f"{door.name} {name}", of=100):
            found.bend(odd, name)
