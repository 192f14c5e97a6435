"""Kinds of applicant, which kind of organisation each becomes, and what each is asked.

The questions stand in versions: an application keeps the version it began with, so that a
change of the form never makes an answer unreadable. A version that was used is not changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.errors import Sentence
from tenants.kinds import TenantKind


class ApplicantKind(models.TextChoices):
    EXPORTER = "exporter", pgettext_lazy("applicant", "Exporter")
    IMPORTER = "importer", pgettext_lazy("applicant", "Importer")
    START_UP = "start_up", pgettext_lazy("applicant", "Start-up team")
    LIVESTREAM = "livestream", pgettext_lazy("applicant", "Live-stream agency")
    PROVIDER = "provider", pgettext_lazy("applicant", "Service provider")
    ADDRESS = "address", pgettext_lazy("applicant", "Registered address only")
    UNIVERSITY = "university", pgettext_lazy("applicant", "University")


BECOMES: dict[str, TenantKind] = {
    ApplicantKind.EXPORTER: TenantKind.ENTERPRISE,
    ApplicantKind.IMPORTER: TenantKind.ENTERPRISE,
    ApplicantKind.START_UP: TenantKind.START_UP,
    ApplicantKind.LIVESTREAM: TenantKind.ENTERPRISE,
    ApplicantKind.PROVIDER: TenantKind.PROVIDER,
    ApplicantKind.ADDRESS: TenantKind.ENTERPRISE,
    ApplicantKind.UNIVERSITY: TenantKind.UNIVERSITY,
}

FORM_VERSION = 1

# -- what each kind is asked of the columns ------------------------------------------------------

TRADE = frozenset({"volume", "platforms", "countries"})
SPACE = frozenset({"wanted_space", "wanted_area"})
NOT_ASKED: dict[str, frozenset[str]] = {
    ApplicantKind.PROVIDER: TRADE,
    ApplicantKind.ADDRESS: SPACE,
    ApplicantKind.UNIVERSITY: TRADE | {"legal_person", "wanted_area"},
}
# A team that is not registered yet, or sells nothing yet, leaves these empty.
OPTIONAL: dict[str, frozenset[str]] = {
    ApplicantKind.START_UP: TRADE
    | {"registration_number", "legal_person", "registered_address", "founded_on"},
    ApplicantKind.ADDRESS: TRADE | {"headcount"},
    ApplicantKind.UNIVERSITY: frozenset({"founded_on", "headcount", "wanted_space"}),
}
ALWAYS_OPTIONAL = frozenset({"name_en", "services"})


# -- what each kind is asked besides -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """``answer`` is ``text``, ``long``, ``number``, ``yes_no``, ``one`` or ``many``."""

    code: str
    label: Sentence
    answer: str = "text"
    is_required: bool = True
    help: Sentence = ""
    choices: Sequence[tuple[str, Sentence]] = ()

    @property
    def field(self) -> str:
        """Its name in the form and the draft, apart from the columns'."""
        return f"more_{self.code}"


MODELS = (
    ("1210", pgettext_lazy("supervision mode", "1210: bonded online shopping")),
    ("9610", pgettext_lazy("supervision mode", "9610: parcels by direct mail")),
    ("9710", pgettext_lazy("supervision mode", "9710: export to businesses")),
    ("9810", pgettext_lazy("supervision mode", "9810: export to overseas warehouses")),
    ("0110", pgettext_lazy("supervision mode", "0110: general trade")),
)
PRODUCTS = Question("products", _("Main products"), "long")
SAFE_USE = Question(
    "safe_use",
    _("We use the premises as the park's safety rules say, and keep no dangerous goods there."),
    "yes_no",
)
REGISTERS_HERE = Question(
    "registers_here",
    _("The company moves its registered address to the park."),
    "yes_no",
    is_required=False,
)
NOT_DISHONEST = Question(
    "not_dishonest",
    _("Neither we nor our legal representative stand on the list of dishonest persons."),
    "yes_no",
)
CUSTOMS_CODE = Question(
    "customs_code",
    _("Customs registration code"),
    is_required=False,
    help=_("10 characters, when the company is registered with customs already."),
)

QUESTIONS: Mapping[int, Mapping[str, Sequence[Question]]] = {
    1: {
        ApplicantKind.EXPORTER: (
            PRODUCTS,
            Question("modes", _("Ways of export"), "many", choices=MODELS),
            CUSTOMS_CODE,
            Question(
                "overseas_warehouse", _("We use warehouses abroad."), "yes_no", is_required=False
            ),
            REGISTERS_HERE,
            NOT_DISHONEST,
            SAFE_USE,
        ),
        ApplicantKind.IMPORTER: (
            PRODUCTS,
            Question("modes", _("Ways of import"), "many", choices=MODELS),
            CUSTOMS_CODE,
            Question("brands", _("Brands with an authorisation"), "long", is_required=False),
            Question(
                "bonded_area",
                _("Bonded storage needed (m²)"),
                "number",
                is_required=False,
            ),
            REGISTERS_HERE,
            NOT_DISHONEST,
            SAFE_USE,
        ),
        ApplicantKind.START_UP: (
            Question("project", _("The project"), "long", help=_("What you build, and for whom.")),
            Question(
                "stage",
                _("How far it is"),
                "one",
                choices=(
                    ("idea", pgettext_lazy("stage", "An idea")),
                    ("prototype", pgettext_lazy("stage", "A prototype")),
                    ("sales", pgettext_lazy("stage", "First sales")),
                    ("growth", pgettext_lazy("stage", "Growing")),
                ),
            ),
            Question("team", _("People of the team, and what each does"), "long"),
            Question(
                "graduates", _("Students and graduates among them"), "number", is_required=False
            ),
            Question("funding", _("Money raised so far (CNY)"), "number", is_required=False),
            REGISTERS_HERE,
            NOT_DISHONEST,
            SAFE_USE,
        ),
        ApplicantKind.LIVESTREAM: (
            Question("hosts", _("Hosts under contract"), "number"),
            Question("accounts", _("Accounts, and on which platform each is"), "long"),
            Question("languages", _("Languages spoken live")),
            Question("studios", _("Studios needed"), "number"),
            Question("hours", _("Hours on air in a week"), "number", is_required=False),
            REGISTERS_HERE,
            NOT_DISHONEST,
            SAFE_USE,
        ),
        ApplicantKind.PROVIDER: (
            Question(
                "offers",
                _("Services offered"),
                "many",
                choices=(
                    ("customs", pgettext_lazy("offered", "Customs declaration")),
                    ("logistics", pgettext_lazy("offered", "Freight and warehousing")),
                    ("payment", pgettext_lazy("offered", "Payment and settlement")),
                    ("tax", pgettext_lazy("offered", "Accounting and tax")),
                    ("law", pgettext_lazy("offered", "Law and intellectual property")),
                    ("marketing", pgettext_lazy("offered", "Marketing and design")),
                    ("people", pgettext_lazy("offered", "Recruiting and training")),
                    ("software", pgettext_lazy("offered", "Software")),
                ),
            ),
            Question("licences", _("Licences and qualifications"), "long", is_required=False),
            Question("clients", _("Clients in cross-border trade"), "long", is_required=False),
            REGISTERS_HERE,
            NOT_DISHONEST,
            SAFE_USE,
        ),
        ApplicantKind.ADDRESS: (
            Question("why_here", _("Why the address is to be in the park"), "long"),
            Question("works_at", _("Where the work is done"), help=_("The address in full.")),
            Question("mail_to", _("Whom the park calls when mail from an authority arrives")),
            NOT_DISHONEST,
        ),
        ApplicantKind.UNIVERSITY: (
            Question("school", _("School or department")),
            Question(
                "wants",
                _("What the university wants to do here"),
                "many",
                choices=(
                    ("training", pgettext_lazy("wanted", "Training and practice")),
                    ("internships", pgettext_lazy("wanted", "Internships")),
                    ("research", pgettext_lazy("wanted", "Research with companies")),
                    ("incubation", pgettext_lazy("wanted", "Student start-ups")),
                    ("teachers", pgettext_lazy("wanted", "Teachers in companies")),
                ),
            ),
            Question("students", _("Students in a year"), "number"),
            Question("majors", _("Majors"), "long", is_required=False),
        ),
    }
}


def questions_of(kind: str, version: int) -> Sequence[Question]:
    return QUESTIONS[version][kind]


# -- what applicants may wish for ----------------------------------------------------------------

SPACES = (
    ("desk", pgettext_lazy("space", "Desks in a shared office")),
    ("office", pgettext_lazy("space", "An office")),
    ("floor", pgettext_lazy("space", "A whole floor")),
    ("studio", pgettext_lazy("space", "A live-stream studio")),
    ("warehouse", pgettext_lazy("space", "Storage")),
    ("classroom", pgettext_lazy("space", "A training room")),
)
SERVICES = (
    ("registration", pgettext_lazy("service", "Company registration")),
    ("customs", pgettext_lazy("service", "Customs and filing")),
    ("logistics", pgettext_lazy("service", "Freight and warehousing")),
    ("tax", pgettext_lazy("service", "Accounting and tax refund")),
    ("finance", pgettext_lazy("service", "Financing")),
    ("law", pgettext_lazy("service", "Law and intellectual property")),
    ("people", pgettext_lazy("service", "Recruiting and interns")),
    ("training", pgettext_lazy("service", "Training")),
    ("studio", pgettext_lazy("service", "Live-stream studio")),
)
