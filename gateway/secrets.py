"""What an API key looks like: ``pk_<prefix>_<secret>``; only the prefix and a digest are kept.

The secret has 256 bits of a cryptographic generator, so a plain SHA-256 of it cannot be guessed
backwards; slow hashes are for what people make up. The first letters let secret scanners find a
key that was published by mistake.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

MARK = "pk"
PREFIX_CHARACTERS = 12
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
FORM = re.compile(rf"{MARK}_([{ALPHABET}]{{{PREFIX_CHARACTERS}}})_([A-Za-z0-9_-]{{43}})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Secret:
    """A key as its holder has it."""

    prefix: str
    secret: str

    def __str__(self) -> str:
        return f"{MARK}_{self.prefix}_{self.secret}"

    @property
    def digest(self) -> str:
        """What is kept of it: SHA-256 over prefix and secret, in hexadecimal."""
        return hashlib.sha256(str(self).encode()).hexdigest()


def new_secret() -> Secret:
    prefix = "".join(secrets.choice(ALPHABET) for _letter in range(PREFIX_CHARACTERS))
    return Secret(prefix, secrets.token_urlsafe(32))


def read_secret(text: str) -> Secret | None:
    """The key in a header, None for anything that cannot be one."""
    found = FORM.fullmatch(text)
    return Secret(*found.groups()) if found else None
