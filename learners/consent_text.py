"""The text that learners agree to. Each version stays as it was: consents name the one they saw.

A changed text is a new version at the end of the list, never an edit: who agreed before agreed
to the earlier words. Source of what it must tell: Personal Information Protection Law,
articles 14 to 17 (who, what for, which data, how long, how to withdraw).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.errors import Sentence

# Placeholder: university.
VERSIONS: dict[str, list[Sentence]] = {
    "2026-11": [
        _(
            "%(university)s keeps your student number, name, programme and entry year and, where "
            "given, your mobile number and e-mail address, in the portal of the park."
        ),
        _(
            "They are used to book you a seat in training, to record attendance and to print "
            "certificates, and to arrange internships and jobs with organisations of the park."
        ),
        _(
            "People of your university who keep the register see them in full; staff of the park "
            "see them masked. An organisation of the park gets your data only for an internship "
            "or a job that you are put forward for."
        ),
        _("No number of an identity card is kept."),
        _(
            "You can take your consent back at any time with this link. From then on you are not "
            "put forward for anything; what was recorded before, such as a certificate, stays."
        ),
    ],
}
CURRENT = list(VERSIONS)[-1]


def text_of(version: str, *, university: str) -> list[str]:
    """The sentences in the reader's language. Raises KeyError for a version there never was."""
    return [str(each) % {"university": university} for each in VERSIONS[version]]
