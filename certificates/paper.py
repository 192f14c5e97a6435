"""The certificate as a PDF: one page, Chinese above English, with a code that leads to its page.

Made whenever somebody asks, so that it never says more than holds on that day: what was revoked
is printed with that word.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from certificates.links import address_to_verify
from certificates.models import EXPIRED, Certificate, CertificateState
from foundation.errors import WrongState
from foundation.money import format_number
from foundation.pdf import render
from foundation.qr import qr_picture

LANGUAGES = ("zh-hans", "en")


def printed(certificate: Certificate, on: date | None = None) -> bytes:
    """The PDF as of ``on``, today where it is not given.

    Raises WrongState for what the park has not issued, and for a holder who was erased.
    """
    if certificate.number is None or certificate.erased_at is not None:
        raise WrongState
    day = on or timezone.localdate()
    return render("certificates/certificate", paper_data(certificate, day), language="zh-hans")


def file_name(certificate: Certificate) -> str:
    return f"{certificate.number}.pdf"


def paper_data(certificate: Certificate, on: date) -> dict[str, Any]:
    """What the template prints: each text in both languages, figures and dates ready to print."""
    address = address_to_verify(str(certificate.number))
    return {
        "number": certificate.number,
        "address": address,
        "qr": qr_picture(address),
        "holder": [
            certificate.holder_name,
            certificate.holder_latin_name or certificate.holder_name,
        ],
        "issuer": [certificate.issuer_zh, certificate.issuer_en or certificate.issuer_zh],
        "issued_on": certificate.issued_on.isoformat(),
        "texts": [_texts(language, certificate, on) for language in LANGUAGES],
        "stamp": _stamp(certificate, on),
    }


def _texts(language: str, own: Certificate, on: date) -> dict[str, Any]:
    with translation.override(language):
        return {
            "title": _("Certificate of training"),
            "this_is": _("This is to certify that"),
            "has": _("has completed the course"),
            "course": own.course_zh
            if language.startswith("zh")
            else own.course_en or own.course_zh,
            "facts": _facts(own),
            "number": _("Number"),
            "issued_on": _("Issued on"),
            "seal": _("Issuer's seal"),
            "verify": _("Verify this certificate: scan the code, or open the address below."),
            "kind": _(
                "A training certificate of the park. It is neither a vocational qualification nor "
                "a certificate of a university."
            ),
        }


def _facts(own: Certificate) -> list[list[str]]:
    assert own.minutes_per_hour is not None
    hours = _("%(hours)s hours of %(minutes)s minutes") % {
        "hours": format_number(own.hours), "minutes": own.minutes_per_hour
    }  # fmt: skip
    found = [
        (pgettext("certificate", "Held"), _days(own)),
        (pgettext("certificate", "Hours"), hours),
        (pgettext("certificate", "Result"), own.grade),
        (pgettext("certificate", "Holder's number"), own.holder_id),
        (_("Valid until"), own.expires_on.isoformat() if own.expires_on else ""),
    ]
    return [[str(label), value] for label, value in found if value]


def _days(own: Certificate) -> str:
    first, last = own.started_on, own.ended_on
    return f"{first}" if first == last else f"{first} – {last}"


def _stamp(own: Certificate, on: date) -> list[str]:
    """What is printed across it, in both languages; nothing on one that holds."""
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found.append(_word(own, on))
    return [word for word in found if word]


def _word(own: Certificate, on: date) -> str:
    known = {
        CertificateState.REVOKED: pgettext("certificate", "Revoked"),
        CertificateState.REPLACED: pgettext("certificate", "Replaced"),
        EXPIRED: pgettext("certificate", "Expired"),
    }
    word = known.get(own.state_on(on))
    day = own.expires_on if own.ended_at is None else timezone.localdate(own.ended_at)
    return f"{word} {day}" if word else ""
