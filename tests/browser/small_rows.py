"""Keys and tokens for the addresses of pages that one app has, by the page's view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from banking.models import StatementLine
from billing.models import CreditNote, Invoice
from certificates.links import token_of as token_of_certificate
from certificates.models import Certificate
from foundation.actors import Actor
from learners.demo import UNIVERSITY
from learners.links import token_of as learner_token
from learners.models import Learner, RosterUpload
from leasing.models import Handover, Lease
from offices.links import path_of_door
from offices.models import Booking, Door
from payments.models import OnlinePayment
from reconciliation.models import Match, MatchKind
from reconciliation.queries import still_open
from residency.links import token_of as token_of_application
from residency.models import Application, ApplicationDocument
from spaces.models import Space
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Tenant
from training.guest_links import token_of as guest_token
from training.models import Guest, Seat, SeatAgreement, Session
from training.personal_links import token_of as seat_token

# What an address may be filled with, of the page of this view.
Rows = Callable[[str, Actor], dict[str, Any]]


def learning(view: str, actor: Actor) -> dict[str, Any]:
    rosters = {"roster", "roster_reading", "roster_wrong", "discarding"}
    with enter_tenant(actor.tenant_id, user_id=actor.user_id):
        learner = Learner.objects.active().latest("pk")
        found: Any = RosterUpload.objects.filter(
            encoding="" if view == "roster_reading" else "utf-8-sig"
        )
        return {
            "pk": found.latest("pk").pk if view in rosters else learner.pk,
            "kind": "csv",
            "token": learner_token(learner, UNIVERSITY),
        }


def booking(view: str, actor: Actor) -> dict[str, Any]:
    rows: dict[str, Any] = {
        "new": Space.objects.filter(kind="meeting_room"),
        "studio": Booking.objects.filter(space__kind="studio"),
    }
    with enter_tenant(actor.tenant_id):
        found = rows.get(view, Booking.objects)
        door = path_of_door(Door.objects.earliest("pk"))
        return {
            "pk": found.values_list("pk", flat=True).first(),
            "token": door.strip("/").split("/")[1],
        }


def bill(view: str, actor: Actor) -> dict[str, Any]:
    """One of which nothing is paid, and no fapiao is asked for; the one that is credited in part,
    for which one is."""
    with enter_tenant(actor.tenant_id):
        note = CreditNote.objects.latest("pk")
        rows: dict[str, Any] = {"credit_note": note, "fapiao_withdrawal": note.invoice}
        whole = Invoice.objects.open().filter(credited=0, paid=0, fapiao=None)
        own = note.invoice if view == "bill" else whole.latest("pk")
        return {"pk": rows.get(view, own).pk, "kind": "xlsx"}


def line_or_receipt(view: str) -> int:
    """A line with something left, or one of which nobody knows the payer; as the park's staff."""
    if view == "reconciliation_identifying":
        return Match.objects.standing().filter(kind=MatchKind.UNIDENTIFIED).latest("pk").pk
    rows = still_open(StatementLine.objects.filter(amount__gt=0))
    return int(rows.latest("pk").pk)


def certificate(view: str, actor: Actor) -> dict[str, Any]:
    """The newest, which the park has issued."""
    with enter_tenant(actor.tenant_id):
        own = Certificate.objects.select_related("tenant").latest("pk")
        token = token_of_certificate(own, own.tenant.slug)
        return {"pk": own.pk, "number": own.number, "token": token}


def lease(view: str, actor: Actor) -> dict[str, Any]:
    """Its own that can be signed, or that is in force; the sheet of its handover."""
    leases = Lease.objects.order_by("-pk" if view == "signed_copy" else "pk")
    found: Any = Handover.objects if view in ("handover", "confirmation") else leases
    with enter_tenant(actor.tenant_id):
        return {"pk": found.values_list("pk", flat=True).first()}


def paying(view: str, actor: Actor) -> dict[str, Any]:
    """A bill that nobody is paying; a payment that is under way."""
    with enter_tenant(actor.tenant_id):
        busy = OnlinePayment.objects.under_way()
        free: Any = Invoice.objects.open().exclude(pk__in=busy.values("invoice"))
        found = free if view == "begin" else busy.filter(state="pending")
        return {"pk": found.values_list("pk", flat=True).first()}


def application(view: str, actor: Actor) -> dict[str, Any]:
    """One that was returned: its applicant can change everything, and has a file there."""
    with enter(Identity(STAFF)):
        returned = Application.objects.filter(state="returned").latest("pk")
        brought = ApplicationDocument.objects.filter(application=returned, file__isnull=False)
        return {
            "token": token_of_application(returned),
            "pk": brought.values_list("requirement_id", flat=True).first(),
            "section": "business",
        }


def training(view: str, actor: Actor) -> dict[str, Any]:
    """An open session in which the organisation has seats, or the event to which it brings guests."""
    with enter_tenant(actor.tenant_id):
        seats = Seat.objects.filter(tenant_id=actor.tenant_id).select_related("session")
        booked = seats.filter(state="booked", session__state="open").earliest("pk")
        guest = Guest.objects.filter(tenant_id=actor.tenant_id).order_by("pk").first()
        event = Session.objects.get(kind="event")
        own: dict[str, Any] = {
            "naming": booked,
            "agreement": SeatAgreement.objects.filter(tenant_id=actor.tenant_id).first(),
            "guests": event,
            "guest": guest,
        }
        found = own.get(view, booked.session)
        slug = Tenant.objects.values_list("slug", flat=True).get(pk=actor.tenant_id)
        token = guest_token(guest, slug) if guest and "guest" in view else seat_token(booked, slug)
        return {
            "pk": found.pk if found else None,
            "which": "used",
            "verb": "release",
            "token": token,
        }


# By the start of a route's name; the rows are those of the actor, and of the park for an application.
BY_NAME: dict[str, Rows] = {
    "billing:": bill,
    "certificates:": certificate,
    "own_certificate": certificate,
    "verify_number": certificate,
    "apply:": application,
    "door": booking,
    "leasing:": lease,
    "offices:": booking,
    "payments:": paying,
    "training": training,
    "catalogue:": training,
}
