"""Texts of banks made comparable: full-width as narrow, capitals, without what stands between."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

NOT_WORD = re.compile(r"[\W_]+")
# Forms of companies, which people write in many ways or leave out.
FORMS = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|集团公司|公司)"
    r"|\b(CO\.?,?\s*LTD|COMPANY|LIMITED|LTD|LLC|INC|CORP|CORPORATION|PTE|GMBH|CO|AG|SA)\b\.?"
)
# What is shorter than this stands in too many texts: letters, and characters of Chinese.
SHORTEST_LATIN, SHORTEST_CHINESE = 5, 3


def narrow(said: str) -> str:
    return unicodedata.normalize("NFKC", said).upper()


def compact(said: str) -> str:
    """Letters and digits alone."""
    return NOT_WORD.sub("", narrow(said))


@lru_cache(maxsize=20_000)
def name_key(said: str) -> str:
    """A name without its form of company; the whole name where nothing would be left."""
    return compact(FORMS.sub(" ", narrow(said))) or compact(said)


def says_enough(key: str) -> bool:
    shortest = SHORTEST_LATIN if key.isascii() else SHORTEST_CHINESE
    return len(key) >= shortest


def names_fit(said: str, keys: tuple[str, ...]) -> bool:
    """Whether ``said``, a payer's name or text of the bank, is one of these names or holds one."""
    own = name_key(said)
    return any(own == key or (says_enough(key) and key in own) for key in keys if key)
