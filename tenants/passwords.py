"""What a password must be beyond Django's own rules, and the words that everybody here can guess."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenants.isolation.context import as_public, current_identity
from tenants.kinds import TenantKind
from tenants.models import Tenant
from tenants.queries import memberships_of

# Listed in docs/security.md as well; names of the park, of the person's organisations and the
# person's own come on top.
CONTEXT_WORDS = (
    "parkportal", "portal", "park", "password", "passwort", "admin", "staff", "owner", "manager",
    "finance", "operations", "member", "welcome", "huanying", "yuanqu", "menhu", "mima", "guanliyuan",
    "园区", "门户", "密码", "管理员", "欢迎", "有限公司",
)  # fmt: skip
# One Chinese character is no word to take out, nor are "co" and "li".
SHORTEST = {True: 3, False: 2}


class LengthLimit:
    """Long pass phrases are welcome; a book is a burden to whoever hashes it."""

    def __init__(self, longest: int = 128) -> None:
        self.longest = longest

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > self.longest:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return ngettext(
            "Your password can have at most %(count)d character.",
            "Your password can have at most %(count)d characters.",
            self.longest,
        ) % {"count": self.longest}


class GuessableWords:
    """Words that anybody would try first do not count towards the length."""

    def __init__(self, shortest_rest: int = 8) -> None:
        self.shortest_rest = shortest_rest

    def validate(self, password: str, user: Any = None) -> None:
        if len(_without(password.casefold(), guessable_words(user))) < self.shortest_rest:
            raise ValidationError(self.get_help_text(), code="password_guessable")

    def get_help_text(self) -> str:
        return _(
            "Your own name, your organisation's, the park's and words like “portal” or "
            "“password” do not count: at least %(count)d other characters are needed."
        ) % {"count": self.shortest_rest}


def guessable_words(user: Any = None) -> list[str]:
    """The words to take out, longest first, in lower case."""
    names = {*CONTEXT_WORDS, *_parts(_names_around(user))}
    return sorted(filter(_is_word, names), key=len, reverse=True)


def _names_around(user: Any) -> Iterable[str]:
    """Of the park, of the organisation that is entered or joined, and of the person's own."""
    known = Q(kind=TenantKind.OPERATOR) | Q(pk=current_identity().tenant_id)
    with as_public():
        tenants = list(Tenant.objects.filter(known).only("slug", "name", "name_en"))
    own = []
    if user is not None:
        own = [user.username, user.email.partition("@")[0], user.full_name, user.mobile]
        tenants += [each.tenant for each in memberships_of(user)] if user.pk else []
    return [*own, *(name for each in tenants for name in (each.slug, each.name, each.name_en))]


def _parts(names: Iterable[str]) -> Iterable[str]:
    """Each name as a whole, without its gaps, and its words."""
    for name in names:
        words = name.casefold().replace("-", " ").replace(".", " ").replace("_", " ").split()
        yield from (name.casefold(), "".join(words), *words)


def _is_word(word: str) -> bool:
    return len(word) >= SHORTEST[word.isascii()]


def _without(password: str, words: Iterable[str]) -> str:
    for word in words:
        password = password.replace(word, "")
    return password
