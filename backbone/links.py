"""Links with which one file opens without signing in, for some minutes: for another device.

A link names organisation, file, maker and last moment, by refs, and is signed. It opens what its maker may
read at the moment it is used, so it ends early when the file goes or its maker leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError
from foundation.refs import pk_of, ref_of

SALT = "backbone.links"
KINDS = ("tenant", "file", "person")


class BadLink(Exception):
    """Not a link of ours: forged, cut short or mistyped."""


class LinkExpired(DomainError):
    """The link was ours and its time is over."""

    code = "link_expired"
    status = 410
    message = _("This link worked for some minutes only. Make a new one on the page of files.")


@dataclass(frozen=True, slots=True)
class Link:
    """Lets whoever has its token download the file until ``expires_at``."""

    tenant_id: int
    document_id: int
    user_id: int
    expires_at: datetime

    @property
    def token(self) -> str:
        keys = (self.tenant_id, self.document_id, self.user_id)
        refs = [ref_of(key, kind) for key, kind in zip(keys, KINDS, strict=True)]
        return _signer().sign("-".join([*refs, str(int(self.expires_at.timestamp()))]))


def read(token: str, *, now: datetime) -> Link:
    """The link that a token stands for.

    Raises BadLink for what was not signed here, LinkExpired from its last moment on.
    """
    try:
        *refs, until = _signer().unsign(token).split("-")
        tenant, file, person = (pk_of(ref, kind) for ref, kind in zip(refs, KINDS, strict=True))
    except (BadSignature, ValueError) as error:
        raise BadLink from error
    link = Link(tenant, file, person, datetime.fromtimestamp(int(until), UTC))
    if now >= link.expires_at:
        raise LinkExpired
    return link


def _signer() -> Signer:
    return Signer(salt=SALT, sep=".")
