"""Registration numbers of organisations: China's Unified Social Credit Code, Singapore's UEN."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.sg import uen

from foundation.errors import InvalidInput

# GB 32100-2015: digits and capitals without I, O, S, V and Z.
USCC_FORM = re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}", re.ASCII)
MAX_OTHER_LENGTH = 32


class InvalidRegistration(InvalidInput):
    """The number cannot be a registration number of that country."""

    code = "invalid_registration"


def validate(country: str, number: str) -> str:
    """The number in its plain form (capitals, no spaces); raises InvalidRegistration."""
    if country == "CN":
        return validate_uscc(number)
    if country == "SG":
        return validate_uen(number)
    plain = " ".join(unicodedata.normalize("NFKC", number).split()).upper()
    if not plain or len(plain) > MAX_OTHER_LENGTH:
        raise InvalidRegistration(
            _("A registration number has 1 to %(limit)s characters."),
            params={"limit": MAX_OTHER_LENGTH},
        )
    return plain


def validate_uscc(number: str) -> str:
    """Unified Social Credit Code by GB 32100-2015: alphabet, length and check character.

    stdnum's own ``validate`` refuses letters among the first eight characters, which rural
    collectives (codes from N) have; only its check character is used.
    """
    plain = _plain(number)
    if len(plain) != 18:
        raise InvalidRegistration(
            _("A Unified Social Credit Code has 18 characters; this one has %(length)s."),
            params={"length": len(plain)},
        )
    if not USCC_FORM.fullmatch(plain):
        raise InvalidRegistration(
            _(
                "A Unified Social Credit Code has digits and capital letters only, never I, "
                "O, S, V or Z."
            )
        )
    if uscc.calc_check_digit(plain[:17]) != plain[17]:
        raise InvalidRegistration(
            _(
                "The last character of this Unified Social Credit Code does not fit the "
                "others. Look for a typing error."
            )
        )
    return plain


def validate_uen(number: str) -> str:
    """Singapore's Unique Entity Number: businesses, local companies and other entities."""
    plain = _plain(number)
    try:
        return str(uen.validate(plain))
    except InvalidChecksum as error:
        raise InvalidRegistration(
            _(
                "The last letter of this UEN does not fit the other characters. Look for a "
                "typing error."
            )
        ) from error
    except ValidationError as error:
        raise InvalidRegistration(
            _("This is not a Singapore UEN. It has 9 or 10 characters, such as 201912345K.")
        ) from error


def _plain(number: str) -> str:
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", number)).upper()
