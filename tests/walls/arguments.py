"""With which rows the routes' addresses are filled, for one organisation."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db.models import Model
from django.urls import NoReverseMatch, reverse

from backbone.models import Document, Job, Notice
from banking.models import StatementLine
from billing.models import CreditNote, Invoice, Payment
from certificates.models import Certificate
from foundation.refs import ref_of
from gateway.models import ApiKey
from learners.models import Learner, RosterUpload
from leasing.models import Handover, Lease
from members.models import Invitation
from offices.models import Booking, Feed
from payments.models import OnlinePayment
from reconciliation.models import Match
from residency.models import Agreement, Commitment, DocumentRequirement
from spaces.models import Floor, Space
from tenants.isolation.context import STAFF, Identity, enter
from tenants.isolation.postgresql.schema import has_tenant
from tenants.models import Membership, Tenant, User
from tests.routes import Route
from tests.walls.population import Organisation
from trade.models import Channel, ImportMapping, Order, OrderImport, RowConsent
from training.models import Guest, Seat, SeatAgreement, Session, SessionDate

# What ``<order_ref:…>`` of an address, and a ref in a query, names.
KINDS: dict[str, type[Model]] = {
    "agreement": Agreement,
    "bill": Invoice,
    "booking": Booking,
    "certificate": Certificate,
    "channel": Channel,
    "commitment": Commitment,
    "consent": RowConsent,
    "credit_note": CreditNote,
    "feed": Feed,
    "file": Document,
    "floor": Floor,
    "guest": Guest,
    "handover": Handover,
    "import": OrderImport,
    "invitation": Invitation,
    "job": Job,
    "key": ApiKey,
    "learner": Learner,
    "lease": Lease,
    "mapping": ImportMapping,
    "membership": Membership,
    "notice": Notice,
    "online_payment": OnlinePayment,
    "order": Order,
    "passkey": Authenticator,
    "payment": Payment,
    "room": Space,
    "roster": RosterUpload,
    "requirement": DocumentRequirement,
    "seat": Seat,
    "seat_agreement": SeatAgreement,
    "session": UserSession,
    "training": Session,
    "training_date": SessionDate,
}
KIND = re.compile(r"<(\w+)_ref:(\w+)>")
# The collection before ``<str:ref>`` in an address of the API, and what its refs name.
COLLECTIONS = {
    "bills": "bill",
    "certificates": "certificate",
    "files": "file",
    "jobs": "job",
    "learners": "learner",
    "order-imports": "import",
    "orders": "order",
    "seats": "seat",
    "sessions": "training",
}
# Parameters that are no refs, of routes by the start of their name.
NUMBERS: dict[str, type[Model]] = {
    "admin:organisation": Tenant,
    "admin:reconciliation_identifying": Match,
    "admin:reconciliation_": StatementLine,
    "admin:trade_rows": RowConsent,
    "mfa_": Authenticator,
}
# Rows without a tenant, found by their people.
PERSONAL: dict[type[Model], str] = {
    Tenant: "pk",
    User: "memberships__tenant",
    Authenticator: "user__memberships__tenant",
    UserSession: "user__memberships__tenant",
}
WORDS: dict[str, list[Any]] = {
    "kind": ["csv", "xlsx"],
    "app_label": ["trade"],
    "key": ["long-gone"],
    "token": ["long-gone"],
    "section": ["company"],
    "number": ["long-gone"],
    "verb": ["release"],
    "which": ["booked"],
    "provider": ["offline"],
}

# Routes, by the start of their name, that take some rows of their model only.
OF_THESE: dict[str, dict[str, Any]] = {
    "admin:backbone_outboxmessage_": {"error__gt": ""},
    "admin:event_": {"kind": "event"},
    "admin:reconciliation_identifying": {"kind": "unidentified"},
    "api/v1/bills": {"state": "issued"},
    "billing:bill": {"state": "issued"},
    "billing:fapiao": {"state": "issued"},
    "billing:paper": {"state": "issued"},
    "admin:session_feedback": {"seats__feedback__isnull": False},
    "training:guests": {"kind": "event"},
    "training:invitations": {"kind": "event"},
}

# Steps of the staff site that the newest row of a model can take, or that ask in a way of their
# own; by the start of the route's name.
STEPS: dict[str, list[str]] = {
    "admin:offices_allowance_step": ["end"],
    "admin:offices_door_step": ["code"],
    "admin:banking_bankaccount_step": ["closing"],
    "admin:banking_statementfile_step": ["taking", "reading"],
    "admin:billing_invoicerun_step": ["drop"],
    "admin:billing_charge_step": ["bill", "payment", "waiver"],
    "admin:billing_invoice_step": ["issue", "due", "dropping", "payment", "credit", "fapiao"],
    "admin:billing_payment_step": ["application", "removal", "return", "refund"],
    "admin:certificates_certificate_step": ["revocation", "replacement"],
    "admin:leasing_handover_step": ["sheet", "line", "photo", "alone"],
    "admin:leasing_handoverline_step": ["removal"],
    "admin:leasing_lease_step": ["signed-copy", "hold", "void"],
    "admin:leasing_leaseunit_step": ["change", "removal"],
    "admin:ledger_account_step": ["freezing", "thawing", "closing"],
    "admin:ledger_period_step": ["closing", "reopening"],
    "admin:offices_booking_step": ["confirmation", "refusal", "cancellation"],
    "admin:reconciliation_match_step": ["undoing"],
    "admin:residency_exit": ["passing", "waiver-request", "waiver", "withdrawal"],
    "admin:residency_application_step": ["link"],
    "admin:residency_agreement_step": ["renewal", "end", "commitment"],
    "admin:residency_agreementparty_step": ["change"],
    "admin:residency_commitment_step": ["progress", "change"],
    "admin:residency_stay_step": ["contact", "extension"],
    "admin:residency_task_step": ["completion"],
    "admin:payments_onlinepayment_step": ["asking", "outcome"],
    "admin:payments_inboxevent_step": ["looking", "again"],
    "admin:spaces_space_step": ["maintenance", "block", "change", "retirement"],
    "admin:spaces_occupancy_step": ["reopening"],
    "admin:training_course_step": ["retirement"],
    "admin:training_idlerule_step": ["ending"],
    "admin:training_programme_step": ["retirement"],
    "admin:training_trainer_step": ["retirement"],
    "admin:training_session_step": [
        *("date", "details", "capacity", "share", "guests", "seats", "closing", "cancellation"),
    ],
    "admin:training_guest_step": ["change", "invitation", "acceptance", "refusal", "removal"],
    "admin:training_sessiondate_step": ["time", "cancellation"],
    "admin:training_seat_step": ["release"],
    "admin:training_seatagreement_step": ["extra", "rolling", "end"],
}


def model_of(route: Route, parameter: str) -> type[Model] | None:
    """The model whose rows the parameter names, None where it names none."""
    kinds = {name: kind for kind, name in KIND.findall(route.address)}
    if route.is_of_api and parameter == "ref":
        kinds[parameter] = kind_of(route)
    if parameter in kinds:
        return _model_of_kind(kinds[parameter])
    if parameter == "object_id":
        return _model_of_admin(route.name)
    known = (model for start, model in NUMBERS.items() if route.name.startswith(start))
    return next(known, None) if parameter in {"pk", "consent_id"} else None


def paths(
    route: Route, own: Organisation, *, at: Organisation | None = None, rows: int = 0
) -> list[str]:
    """The route's addresses with the organisation's rows, newest first; ``rows`` limits each.

    ``at`` is the organisation in whose place they are asked for, by default its own. Empty where
    nothing fills a parameter: an address without a name, a parameter nobody knows.
    """
    if not (route.is_named or route.is_of_api):
        return []
    names = sorted(route.parameters)
    choices = [_values(route, name, own)[: rows or None] for name in names]
    if "tenant" in names and at is not None:
        choices[names.index("tenant")] = [at.tenant.slug]
    found = (_address(route, dict(zip(names, each, strict=True))) for each in product(*choices))
    return [path for path in found if path]


def names_rows(route: Route) -> bool:
    """Whether the address names a row that belongs to somebody; a space is the park's."""
    named = (model_of(route, parameter) for parameter in route.parameters)
    return any(model and (has_tenant(model) or model in PERSONAL) for model in named)


def kind_of(route: Route) -> str:
    """What the ref in an address of the API names."""
    collection = route.address.split("/")[2]
    if collection not in COLLECTIONS:
        raise LookupError(f"say in COLLECTIONS of tests/walls/arguments.py what {collection} are")
    return COLLECTIONS[collection]


def _address(route: Route, arguments: dict[str, Any]) -> str:
    if route.is_of_api:
        refs = {name: ref_of(pk, kind_of(route)) for name, pk in arguments.items()}
        return "/" + re.sub(r"<str:(\w+)>", lambda found: refs[found.group(1)], route.address)
    try:
        return reverse(route.name, kwargs=arguments)
    except NoReverseMatch:
        return ""


def _values(route: Route, parameter: str, own: Organisation) -> list[Any]:
    if parameter == "tenant":
        return [own.tenant.slug]
    if route.name == "account_reset_password_from_key":
        user = own.owner.user
        return [
            user_pk_to_url_str(user)
            if parameter == "uidb36"
            else default_token_generator.make_token(user)
        ]
    if parameter == "step":
        known = (steps for start, steps in STEPS.items() if route.name.startswith(start))
        return next(known, [])
    model = model_of(route, parameter)
    return keys_for(route, model, own) if model else WORDS.get(parameter, [])


def keys_for(route: Route, model: type[Model], own: Organisation) -> list[int]:
    """The organisation's rows that the route is about, newest first."""
    wanted = next((w for start, w in OF_THESE.items() if route.name.startswith(start)), {})
    return keys(model, own, **wanted)


def keys(model: type[Model], own: Organisation, **wanted: Any) -> list[int]:
    """The organisation's rows, newest first; of a table without tenants, every row."""
    with enter(Identity(STAFF)):
        found = model._default_manager.filter(**_owned(model, own), **wanted).order_by("-pk")
        return list(found.values_list("pk", flat=True).distinct())


def _owned(model: type[Model], own: Organisation) -> dict[str, Any]:
    if model in PERSONAL:
        return {PERSONAL[model]: own.pk}
    if model is Membership:
        return {"tenant": own.pk, "ended_at": None}
    return {"tenant": own.pk} if has_tenant(model) else {}


def _model_of_kind(kind: str) -> type[Model]:
    if kind not in KINDS:
        raise LookupError(f"say in KINDS of tests/walls/arguments.py what a ref of “{kind}” names")
    return KINDS[kind]


def _model_of_admin(name: str) -> type[Model] | None:
    view = name.removeprefix("admin:")
    for model in admin.site._registry:
        if view.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
            return model
    return None
