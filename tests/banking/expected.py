"""The expected parses that lie beside the sample files, as plain rows to compare with."""

from __future__ import annotations

import ast
import base64
import html
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

LEFT_OUT = ("tags", "processors")
ENTRY = re.compile(r"^(\d{4})/(\d\d)/(\d\d) \* ", re.MULTILINE)
POSTING = re.compile(r"^    (\S.*?)\s+(- )?([\d.]+) CNY", re.MULTILINE)
NOTE = re.compile(r'^    ; (\w+): "(.*)"$', re.MULTILINE)


def pydata(path: Path) -> tuple[str, str, list[dict[str, Any]]]:
    """(currency, account, statements) of the parser whose tests brought the camt files."""
    found = ast.literal_eval(path.read_text())
    return found if isinstance(found, tuple) else (None, None, [])


def yml(path: Path) -> dict[str, Any]:
    """What the library of the MT940 files found, without building its objects."""
    found = yaml.compose(path.read_text("utf-8"))
    assert found is not None
    return _plain(found, top=True)


def _plain(node: yaml.Node, *, top: bool = False) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {
            key.value: _plain(value)
            for key, value in node.value
            # Each transaction points back to all of them.
            if key.value not in LEFT_OUT and (top or key.value != "transactions")
        }
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each) for each in node.value]
    if node.tag.endswith(":binary"):
        return base64.b64decode(node.value)
    return None if node.tag.endswith(":null") else node.value


def day(packed: list[bytes]) -> date:
    high, low, month, of_month = packed[0][:4]
    return date(high * 256 + low, month, of_month)


def amount(found: dict[str, Any]) -> Decimal:
    return Decimal(found["amount"][0])


def ledger(path: Path) -> list[dict[str, Any]]:
    """Day, postings by account and notes of each entry; the opening entry is left out."""
    text = path.read_text("utf-8")
    starts = list(ENTRY.finditer(text))
    ends = [each.start() for each in starts[1:]] + [len(text)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        body = text[start.start() : end]
        if "Open Balance" in body.splitlines()[0]:
            continue
        postings = [
            (account.strip(), Decimal(number) * (-1 if minus else 1))
            for account, minus, number in POSTING.findall(body)
        ]
        notes = {key: html.unescape(said) for key, said in NOTE.findall(body)}
        on = date(*map(int, start.groups()))
        found.append({"on": on, "postings": postings, "notes": notes})
    return found
