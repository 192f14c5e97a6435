"""Primary keys as people and programs outside see them: opaque refs instead of numbers.

The rows of all organisations take their keys from one sequence, so the gaps between one's own
would tell a neighbour's volume. A ref is one AES block over the key and eight zero bytes: the
same row has the same ref for ever, and what was made up does not decrypt to zeros.

Every kind of row has a permutation of its own. With one for all, the refs of a thousand orders
imported together would be a dictionary in which to look up the numbers of one's jobs.

    register_refs("job")
    path("jobs/<job_ref:pk>/", …)        views, ``reverse`` and templates keep the key
    ref_of(job.pk, "job"), pk_of(text, "job")      for everything that is not a path
"""

from __future__ import annotations

from base64 import b32decode, b32encode
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.urls import register_converter
from django.urls.converters import get_converters

PATTERN = "[a-z2-7]{26}"
BLANK = bytes(8)
PADDING = "=" * 6


def ref_of(pk: int, kind: str) -> str:
    """The ref of a row, 26 letters and digits. Raises ValueError for what is no key."""
    if not isinstance(pk, int) or not 0 < pk < 2**63:
        raise ValueError(f"no key: {pk!r}")
    block = _cipher(_secrets()[0], kind).encryptor().update(pk.to_bytes(8, "big") + BLANK)
    return _written(block)


def pk_of(ref: str, kind: str) -> int:
    """The key that a ref was made of. Raises ValueError for what was never given out.

    Refs of an earlier key are read as long as that key is still known: SECRET_KEY once there is
    a REFS_KEY, and an earlier SECRET_KEY or REFS_KEY while it stands in SECRET_KEY_FALLBACKS.
    """
    block = b32decode(ref.upper() + PADDING)
    # One row, one address: capitals and other spellings of the same block are not given out.
    if _written(block) != ref:
        raise ValueError("no ref")
    for secret in _secrets():
        plain = _cipher(secret, kind).decryptor().update(block)
        if plain[8:] == BLANK:
            return int.from_bytes(plain[:8], "big")
    raise ValueError("no ref")


def renewed(ref: str, kind: str) -> str:
    """The ref as it is given out today, after the secret changed; what is no ref stays."""
    try:
        return ref_of(pk_of(ref, kind), kind)
    except ValueError:
        return ref


def register_refs(*kinds: str) -> None:
    """Make ``<kind_ref:…>`` known to URL patterns; a made-up ref matches no address."""
    for kind in kinds:
        name = f"{kind}_ref"
        if name not in get_converters():
            register_converter(type(name, (RefConverter,), {"kind": kind}), name)


class RefConverter:
    """A path parameter that is a ref in the address and the key in the view."""

    regex = PATTERN
    kind = ""

    def to_python(self, value: str) -> int:
        return pk_of(value, self.kind)

    def to_url(self, value: int) -> str:
        return ref_of(value, self.kind)


def _written(block: bytes) -> str:
    return b32encode(block).decode().rstrip("=").lower()


def _secrets() -> list[str]:
    """The one that encrypts, then those that older refs may have been made with."""
    return [settings.REFS_KEY or settings.SECRET_KEY, *_earlier()]


def _earlier() -> list[str]:
    current = [settings.SECRET_KEY] if settings.REFS_KEY else []
    return [*current, *settings.SECRET_KEY_FALLBACKS]


@lru_cache(maxsize=256)
def _cipher(secret: str, kind: str) -> Cipher[ECB]:
    derived = HKDF(SHA256(), 32, salt=None, info=f"park portal, refs of {kind}".encode())
    # One block, never a message: there is nothing to chain.
    return Cipher(AES(derived.derive(secret.encode())), ECB())  # noqa: S305
